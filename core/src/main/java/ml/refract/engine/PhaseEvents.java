package ml.refract.engine;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** Makes events. Not in their superclass: Flight Recorder fails to instrument subclasses that are loaded while it is linked. */
final class PhaseEvents {
    private PhaseEvents() {}

    /** An event that has begun, or nothing when it is not recorded. */
    static @Nullable PhaseEvent begin(Phase phase) {
        if (!FlightRecorder.isInitialized()) {
            return null; // nothing can be recorded, and the first event would take a tenth of a second
        }
        PhaseEvent event = Kinds.of(phase);
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return event;
    }

    /** Apart, because to load it is to load every event, which takes a hundredth of a second. */
    private static final class Kinds {
        static PhaseEvent of(Phase phase) {
            return switch (phase) {
                case READING -> new PhaseEvent.Reading();
                case ENCODING -> new PhaseEvent.Encoding();
                case SPLITTING -> new PhaseEvent.Splitting();
                case LEARNING -> new PhaseEvent.Learning();
                case METRIC -> new PhaseEvent.Metric();
                case PACKING -> new PhaseEvent.Packing();
                case MEDIAN_DISTANCE -> new PhaseEvent.MedianDistance();
                case RIDGE -> new PhaseEvent.Ridge();
                case MEMORY -> new PhaseEvent.Memory();
                case KERNEL -> new PhaseEvent.Kernel();
                case FACTORISATION -> new PhaseEvent.Factorisation();
                case REFINEMENT -> new PhaseEvent.Refinement();
                case PREDICTION -> new PhaseEvent.Prediction();
                case MOMENT -> new PhaseEvent.Moment();
                case TEMPERATURE -> new PhaseEvent.Temperature();
                case SCORING -> new PhaseEvent.Scoring();
                case REFIT -> new PhaseEvent.Refit();
                case IMPORTANCES -> new PhaseEvent.Importances();
                case MODEL_FILE -> new PhaseEvent.ModelFile();
            };
        }
    }
}

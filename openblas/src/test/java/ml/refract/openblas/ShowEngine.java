package ml.refract.openblas;

import ml.refract.engine.Engines;

/** Prints the engine that is chosen for a name, and why; or why there is none. */
final class ShowEngine {
    private ShowEngine() {}

    public static void main(String[] arguments) {
        try {
            Engines.Choice choice = Engines.choose(arguments[0]);
            System.out.println(choice.engine().description() + ": " + choice.reason());
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
    }
}

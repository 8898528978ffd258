package ml.refract.table;

import ml.refract.linalg.Design;

/**
 * Rows as a design, and what had to be made up for it.
 *
 * @param design the coordinates of the rows
 * @param report missing cells and unseen levels
 */
public record Encoded(Design design, EncodeReport report) {}

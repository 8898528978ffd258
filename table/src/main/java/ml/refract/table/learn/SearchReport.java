package ml.refract.table.learn;

import java.util.List;
import ml.refract.tune.Tuned;

/**
 * What a search tried and chose.
 *
 * @param tried number of settings tried
 * @param members settings whose models are averaged, the heaviest first
 */
public record SearchReport(int tried, List<Tuned.Member> members) {}

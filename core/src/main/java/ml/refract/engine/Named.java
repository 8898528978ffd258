package ml.refract.engine;

import java.util.Arrays;
import java.util.List;

/** One of the constants of an enumeration that users choose among, by a name that stays when code is renamed. */
public interface Named {
    /** Name in options, reports and model files. */
    String id();

    /**
     * The constant of a name.
     *
     * @param what what the constants are, in the singular
     * @throws IllegalArgumentException when there is none; says which there are
     */
    static <E extends Enum<E> & Named> E of(Class<E> type, String what, String id) {
        E[] all = type.getEnumConstants();
        for (E one : all) {
            if (one.id().equals(id)) {
                return one;
            }
        }
        List<String> ids = Arrays.stream(all).map(Named::id).toList();
        int last = ids.size() - 1;
        throw new IllegalArgumentException("There is no " + what + " '" + id + "'; there are "
                + String.join(", ", ids.subList(0, last)) + " and " + ids.get(last));
    }
}

package ml.refract.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Numbers distinct texts 0, 1, 2, ... and finds them by characters, without making a string for each cell. */
final class TextIndex {
    private final List<String> texts = new ArrayList<>();
    private int[] hashes = new int[16];
    private int[] slots = emptySlots(32);

    static TextIndex of(List<String> distinct) {
        TextIndex index = new TextIndex();
        distinct.forEach(index::add);
        return index;
    }

    /** The number of a text, or -1. */
    int find(char[] chars, int start, int end) {
        int hash = hash(chars, start, end);
        for (int i = hash & (slots.length - 1); slots[i] >= 0; i = (i + 1) & (slots.length - 1)) {
            if (hashes[slots[i]] == hash && equal(texts.get(slots[i]), chars, start, end)) {
                return slots[i];
            }
        }
        return -1;
    }

    int find(String text) {
        int hash = spread(text.hashCode());
        for (int i = hash & (slots.length - 1); slots[i] >= 0; i = (i + 1) & (slots.length - 1)) {
            if (hashes[slots[i]] == hash && texts.get(slots[i]).equals(text)) {
                return slots[i];
            }
        }
        return -1;
    }

    /** The number of a text, which is added when it is new. */
    int add(char[] chars, int start, int end) {
        int known = find(chars, start, end);
        return known >= 0 ? known : append(new String(chars, start, end - start));
    }

    /** The number of a text, which is added when it is new; the string itself is kept. */
    int add(String text) {
        int known = find(text);
        return known >= 0 ? known : append(text);
    }

    private int append(String text) {
        int number = texts.size();
        texts.add(text);
        if (number == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * number);
        }
        hashes[number] = spread(text.hashCode());
        if (2 * (number + 1) > slots.length) {
            slots = emptySlots(2 * slots.length);
            for (int k = 0; k < number; k++) {
                place(k);
            }
        }
        place(number);
        return number;
    }

    private void place(int number) {
        int i = hashes[number] & (slots.length - 1);
        while (slots[i] >= 0) {
            i = (i + 1) & (slots.length - 1);
        }
        slots[i] = number;
    }

    /** The texts by number; a view. */
    List<String> texts() {
        return texts;
    }

    private static int[] emptySlots(int length) {
        int[] slots = new int[length];
        Arrays.fill(slots, -1);
        return slots;
    }

    /** The hash of the string that the characters would make. */
    private static int hash(char[] chars, int start, int end) {
        int h = 0;
        for (int i = start; i < end; i++) {
            h = 31 * h + chars[i];
        }
        return spread(h);
    }

    private static int spread(int h) {
        return h ^ (h >>> 15);
    }

    private static boolean equal(String text, char[] chars, int start, int end) {
        if (text.length() != end - start) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (text.charAt(i - start) != chars[i]) {
                return false;
            }
        }
        return true;
    }
}

package lstmgpu.generate;

import java.util.List;
import java.util.function.Predicate;
import lstmgpu.data.Tokenizer;

/** What stands before a text that begins from nothing: a line's end, where the vocabulary has one. */
public final class Beginning {
    private static final List<String> LINE_ENDS = List.of("\n", "\r");

    private Beginning() {}

    /** A line's end as text, or nothing. It is to be encoded together with what follows it. */
    public static String text(Tokenizer tokenizer) {
        Predicate<Tokenizer.Encoding> known = encoding -> encoding.unknown().isEmpty() && encoding.ids().length > 0;
        return LINE_ENDS.stream()
                .filter(end -> known.test(tokenizer.encode(end)))
                .findFirst()
                .orElse("");
    }

    /** A line's end as tokens; the first token of a vocabulary that has none. */
    public static int[] tokens(Tokenizer tokenizer) {
        String text = text(tokenizer);
        return text.isEmpty() ? new int[] {0} : tokenizer.encode(text).ids();
    }
}

package lstmgpu.data;

import java.util.Random;

/**
 * Texts of everything that trips tokenizers: scripts, emoji, combining marks, white space of all kinds, control
 * characters.
 */
public final class RandomText {
    private static final String[] PIECES = {
        "a",
        "b",
        "the",
        "king",
        "Zebra",
        " ",
        " ",
        "  ",
        "\t",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u0000",
        "\u0001",
        "\u007F",
        "\u0085",
        "\u00A0",
        "\u2003",
        "\u2028",
        "\u3000",
        "\u200B",
        "é",
        "e\u0301",
        "ß",
        "Ω",
        "я",
        "中文",
        "日本語",
        "한국",
        "अ",
        "👍",
        "👩‍👩‍👧",
        "🇩🇪",
        "𝒳",
        "\uFB01",
        "\uFFFD",
        "\uFEFF",
        "<unk>",
        "<eos>",
        "Ġ",
        "Ċ",
        "Ā",
        "\\n",
        "\"",
        "'s",
        ".",
        ",",
        "!?",
        "##",
        "▁",
        "don't",
        "1234"
    };

    private RandomText() {}

    public static String of(Random random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** A stretch of a text, of whole characters. */
    static String part(String text, Random random) {
        int[] characters = text.codePoints().toArray();
        int from = random.nextInt(characters.length);
        return new String(characters, from, random.nextInt(characters.length - from + 1));
    }
}

package lstmgpu.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import lstmgpu.TestText;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.ScoredToken;
import org.junit.jupiter.api.Test;

class SurpriseMapTest {
    private static final int KILOBYTE = 1000;

    private static String page(Tokenizer tokenizer, int[] ids, double... bits) throws IOException {
        StringWriter out = new StringWriter();
        SurpriseMap map = new SurpriseMap(out, tokenizer, "a <b> & \"c\"");
        map.first(ids[0]);
        for (int i = 1; i < ids.length; i++) {
            map.next(new ScoredToken(i, ids[i], tokenizer.token(ids[i]), -bits[(i - 1) % bits.length] * Math.log(2)));
        }
        map.finish();
        return out.toString();
    }

    private static String body(String page) {
        return page.substring(page.indexOf("<pre"), page.indexOf("</pre>")).replaceFirst("<pre[^>]*>\n", "");
    }

    /** Two letters are tenths of a bit to the base of 52: 34 is Ai, 36 is Ak, 990 is TC. */
    @Test
    void theTextStandsBesideItsSurpriseAndMarkupIsText() throws IOException {
        Tokenizer letters = TestText.tokenizer("a<&\n");
        String page = page(letters, letters.encode("a<&\na").ids(), 0, 3.4, 3.6, 99);
        assertEquals("<span data-s=\"--AAAiAkTC\">a&lt;&amp;\na</span>", body(page));
        assertTrue(page.contains("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"), page);
    }

    @Test
    void aCharacterOfSeveralBytesIsWrittenOnceWithAllItsSurprise() throws IOException {
        Tokenizer bytes = new ByteTokenizer();
        String page = page(bytes, bytes.encode("xé").ids(), 1.5, 2);
        assertEquals("<span data-s=\"--Aj\">xé</span>", body(page));
    }

    /** A browser would leave out or join what a control character is. */
    @Test
    void controlCharactersAreShown() throws IOException {
        Tokenizer bytes = new ByteTokenizer();
        assertEquals(
                "x␍\n␛␀\ufffd",
                body(page(bytes, bytes.encode("x\r\n\u001b\0\u202e").ids(), 1)).replaceAll("<.*?>", ""));
    }

    @Test
    void aPageOfAHundredKilobytesIsNoLargerThanAMegabyte() throws IOException {
        Tokenizer letters = TestText.tokenizer(TestText.rhyme(1));
        String text = TestText.rhyme(3 * KILOBYTE).substring(0, 100 * KILOBYTE);
        int size = page(letters, letters.encode(text).ids(), 0.2, 3.1, 12, 1.7).length();
        assertTrue(size < KILOBYTE * KILOBYTE, size + " bytes");
    }
}

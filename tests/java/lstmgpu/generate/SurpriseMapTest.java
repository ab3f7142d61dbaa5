package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import lstmgpu.TestText;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.Tokenizer;
import org.junit.jupiter.api.Test;

class SurpriseMapTest {
    private static String page(Tokenizer tokenizer, int[] ids, double... bits) throws IOException {
        StringWriter out = new StringWriter();
        SurpriseMap map = new SurpriseMap(out, tokenizer, "a <b> & \"c\"");
        map.first(ids[0]);
        for (int i = 1; i < ids.length; i++) {
            map.next(new ScoredToken(i, ids[i], tokenizer.token(ids[i]), -bits[i - 1] * Math.log(2)));
        }
        map.finish();
        return out.toString();
    }

    private static String body(String page) {
        return page.substring(page.indexOf("<pre>") + 5, page.indexOf("</pre>"));
    }

    @Test
    void colourFollowsTheSurpriseAndMarkupIsText() throws IOException {
        Tokenizer letters = TestText.tokenizer("a<&\n");
        String page = page(letters, letters.encode("a<&\na").ids(), 0, 3.4, 3.6, 99);
        assertEquals(
                "a<i class=\"s0\" title=\"100.0%, 0.0 bits\">&lt;</i>"
                        + "<i class=\"s3\" title=\"9.5%, 3.4 bits\">&amp;</i>"
                        + "<i class=\"s4\" title=\"8.2%, 3.6 bits\"><span class=\"end\">↵</span>\n</i>"
                        + "<i class=\"s10\" title=\"1.6e-28%, 99.0 bits\">a</i>",
                body(page));
        assertTrue(page.contains("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"), page);
    }

    @Test
    void aCharacterOfSeveralBytesIsWrittenOnceWithAllItsSurprise() throws IOException {
        Tokenizer bytes = new ByteTokenizer();
        String page = page(bytes, bytes.encode("xé").ids(), 1.5, 2);
        assertEquals("x<i class=\"s4\" title=\"8.8%, 3.5 bits\">é</i>", body(page));
    }
}

package lstmgpu.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import lstmgpu.TestText;
import lstmgpu.backend.Cell;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.Test;

/** A network made by hand, whose units are known to follow the text. */
class UnitSearchTest {
    private static final int UNITS = 3;
    private static final int LINE_UNIT = 1;
    private static final int CAPITAL_UNIT = 2;
    private static final String TEXT = "ab<Ab a.\nbaB a\n\naab b & A\n".repeat(20);
    private static final Tokenizer TOKENIZER = TestText.tokenizer(TEXT);
    private static final int[] IDS = TOKENIZER.encode(TEXT).ids();

    /** h' = max(0, W·e + R·h): unit 1 is 1 after a line end, unit 2 is 1 except after a capital. */
    private static GateTrace trace() {
        int vocabulary = TOKENIZER.vocabularySize();
        NetworkConfig config = NetworkConfig.ofTokens(Cell.RNN_RELU, vocabulary, vocabulary, UNITS, 1, 0, false);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        float[] identity = new float[vocabulary * vocabulary];
        float[] weights = new float[UNITS * vocabulary];
        for (int id = 0; id < vocabulary; id++) {
            identity[id * vocabulary + id] = 1;
            weights[LINE_UNIT * vocabulary + id] = id == TOKENIZER.encode("\n").ids()[0] ? 1 : 0;
            weights[CAPITAL_UNIT * vocabulary + id] =
                    Character.isUpperCase(TOKENIZER.token(id).charAt(0)) ? 0 : 1;
        }
        tensors.put("embedding.weight", new Tensor(List.of(vocabulary, vocabulary), identity));
        tensors.put("rnn.weight_ih_l0", new Tensor(List.of(UNITS, vocabulary), weights));
        tensors.put("rnn.weight_hh_l0", new Tensor(List.of(UNITS, UNITS), new float[UNITS * UNITS]));
        tensors.put("rnn.bias_ih_l0", new Tensor(List.of(UNITS), new float[UNITS]));
        tensors.put("rnn.bias_hh_l0", new Tensor(List.of(UNITS), new float[UNITS]));
        return new GateTrace(config, tensors);
    }

    @Test
    void findsTheUnitsThatWereMadeToFollow() {
        UnitSearch search = new UnitSearch(trace(), TOKENIZER, IDS);
        UnitSearch.Finding line = search.best(TextFeature.LINE_END, 1).getFirst();
        assertEquals(new UnitSearch.Unit(0, LINE_UNIT), line.unit());
        assertEquals(1, line.correlation(), 1e-9);
        UnitSearch.Finding capital = search.best(TextFeature.CAPITALS, 1).getFirst();
        assertEquals(new UnitSearch.Unit(0, CAPITAL_UNIT), capital.unit());
        assertEquals(-1, capital.correlation(), 1e-9, "it goes down where the feature goes up");
    }

    @Test
    void whatTheTextLacksAndUnitsThatNeverMoveAreLeftOut() {
        UnitSearch search = new UnitSearch(trace(), TOKENIZER, IDS);
        assertEquals(List.of(), search.best(TextFeature.QUOTATION, 3));
        assertEquals(2, search.best(TextFeature.LINE_POSITION, 9).size(), "unit 0 is always 0");
        assertEquals(0, search.liveliest(0).getLast().index());
    }

    @Test
    void featuresFollowTheText() {
        TextFeature.Place place = new TextFeature.Place();
        String text = "a (\"B";
        place.read(text);
        assertEquals(1, TextFeature.QUOTATION.at(place));
        assertEquals(1, TextFeature.BRACKETS.at(place));
        assertEquals(5, TextFeature.LINE_POSITION.at(place));
        assertEquals(1, TextFeature.WORD_POSITION.at(place));
        assertEquals(1, TextFeature.CAPITALS.at(place));
        assertEquals(0, TextFeature.LINE_END.at(place));
        place.read("\")");
        assertEquals(0, TextFeature.QUOTATION.at(place) + TextFeature.BRACKETS.at(place));
        place.read(".\n");
        assertEquals(1, TextFeature.SENTENCE_POSITION.at(place));
        assertEquals(0, TextFeature.LINE_POSITION.at(place));
        assertEquals(1, TextFeature.LINE_END.at(place));
    }

    @Test
    void thePageHasAColumnForEveryCharacterAndNoForeignMarkup() throws IOException {
        StringWriter out = new StringWriter();
        UnitSearch search = new UnitSearch(trace(), TOKENIZER, IDS);
        new GateMap(out, trace(), TOKENIZER)
                .write("<model> & more", IDS, search, List.of(new UnitSearch.Unit(0, LINE_UNIT)));
        String page = out.toString();
        assertTrue(page.contains("<h1>&lt;model&gt; &amp; more</h1>"), page);
        assertFalse(page.contains("<model>"), page);
        assertTrue(page.contains("<td class=p10>↵"), "the unit is 1 after a line end");
        assertTrue(page.contains("<td class=p0>&lt;"), page);
        long cells = 2L * Math.min(IDS.length, GateMap.MOST_COLUMNS);
        assertEquals(cells, page.split("<td class=p", -1).length - 1L);
        List<String> hundredths = Pattern.compile("data-v=\"([^\"]*)\"")
                .matcher(page)
                .results()
                .flatMap(row -> Arrays.stream(row.group(1).split(" ")))
                .toList();
        assertEquals(cells, hundredths.size());
        assertEquals(Set.of("0", "100"), Set.copyOf(hundredths));
        assertTrue(page.contains("follows line ends (+1.00)"), page);
    }
}

package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operation on every backend present, against the reference. The seed of shapes and values is
 * part of each case's text; {@code -Dlstmgpu.test.seed=N} draws others. {@code -Dlstmgpu.test.toy=true} leaves the
 * layers of the sizes that were asked for. {@code -Dlstmgpu.test.cases="gru opencl"} leaves the cases that have all
 * these words in their text or in their backend's.
 */
class ConformanceTest {
    private static final Map<ConformanceCase, Outcome> EXPECTED = new ConcurrentHashMap<>();
    private static final CaseWords WORDS = CaseWords.of(System.getProperty("lstmgpu.test.cases", ""));

    @TestFactory
    Stream<DynamicContainer> everyBackendDoesAsTheReferenceDoes() {
        List<ConformanceCase> cases = cases();
        List<TestBackends> backends = TestBackends.present();
        CaseBudget budget = new CaseBudget();
        return backends.stream().map(backend -> {
            List<ConformanceCase> chosen = cases.stream()
                    .flatMap(backend::ways)
                    .filter(test -> WORDS.meet(backend.name(), test.toString()))
                    .toList();
            int yet = backends.size() - backends.indexOf(backend);
            return DynamicContainer.dynamicContainer(
                    backend + ", seed " + TestData.SEED, tests(budget.within(chosen, yet), backend.lender()));
        });
    }

    private static Stream<DynamicTest> tests(Stream<ConformanceCase> cases, BackendLender lender) {
        return cases.map(test ->
                        DynamicTest.dynamicTest(test.toString(), () -> lender.lend(judged -> check(judged, test))))
                .onClose(lender::close);
    }

    static List<ConformanceCase> cases() {
        TestData data = new TestData(TestData.SEED);
        List<ConformanceCase> cases = new ArrayList<>();
        if (Boolean.getBoolean("lstmgpu.test.toy")) {
            return List.copyOf(RnnCases.ofSizes(data));
        }
        cases.addAll(LayerCases.all(data));
        cases.addAll(LossCases.all(data));
        cases.addAll(ClusterCases.all(new TestData(TestData.SEED + 2)));
        cases.addAll(OptimizerCases.all(data));
        cases.addAll(AverageCases.all(data));
        cases.addAll(AdaptationCases.all(data));
        cases.addAll(SamplingCases.all(data));
        cases.addAll(BatchCases.all(data));
        cases.addAll(RnnCases.all(data));
        cases.addAll(RnnCases.bounded(data));
        cases.addAll(ZoneoutCases.all(new TestData(TestData.SEED + 3)));
        cases.addAll(TokenCases.all(data));
        cases.addAll(SequenceCases.all(data));
        return cases;
    }

    /**
     * Fails, with the case's text, unless the backend does as the reference does, twice with the
     * same bits.
     */
    static void check(Backend judged, ConformanceCase test) {
        ConformanceCase exact = test.in(ConformanceCase.Way.PLAIN).orElse(test);
        Outcome expected = EXPECTED.computeIfAbsent(exact, ConformanceTest::byReference);
        try {
            Outcome actual = test.outcome(judged);
            actual.requireCloseTo(expected, test.depth(), test.way().precision());
            test.outcome(judged).requireSameBits(actual);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(test + ": " + e.getMessage(), e);
        }
    }

    private static Outcome byReference(ConformanceCase test) {
        try (Backend reference = new ReferenceBackend()) {
            return test.outcome(reference);
        }
    }
}

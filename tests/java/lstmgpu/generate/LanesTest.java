package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.generate.LaneEnd.Reason;
import lstmgpu.generate.LaneRig.Heard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written beside others is what is written alone. */
class LanesTest {
    static Stream<String> backends() {
        return Stream.of("reference", "cpu", "cuda", "opencl", "opencl with a projection", "cpu with a projection");
    }

    private static Backend open(String name) {
        return switch (name) {
            case "reference" -> new ReferenceBackend();
            case "cpu", "cpu with a projection" -> new CpuBackend(2);
            case "cuda" -> CudaTestBackend.open();
            default -> OpenClTestBackend.open();
        };
    }

    /** Requests of all kinds come from several threads, and some are taken back. */
    @ParameterizedTest
    @MethodSource("backends")
    void everyTextIsWhatItIsAlone(String name) throws InterruptedException {
        int count = name.equals("cpu") ? 150 : 30;
        try (Backend backend = open(name);
                LaneRig rig = new LaneRig(
                        backend, name.equals("cpu") ? Cell.GRU : Cell.LSTM, name.contains("projection") ? 7 : 0)) {
            List<LaneRequest> requests =
                    Stream.generate(rig::request).limit(count).toList();
            List<Heard> heard = Stream.generate(Heard::new).limit(count).toList();
            List<LaneTicket> tickets = new ArrayList<>();
            List<LaneTicket> vanishing = new ArrayList<>();
            try (Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 64, count)) {
                for (int i = 0; i < count; i++) {
                    tickets.add(lanes.submit(requests.get(i), heard.get(i)));
                    if (i % 5 == 0) {
                        vanishing.add(lanes.submit(LaneRig.endless("two "), new Heard()));
                    }
                    if (i % 3 == 0) {
                        Thread.sleep(1);
                    }
                    if (i % 11 == 10) {
                        vanishing.removeFirst().cancel();
                    }
                }
                vanishing.forEach(LaneTicket::cancel);
                for (LaneTicket ticket : vanishing) {
                    assertEquals(Reason.CANCELLED, ticket.await().reason());
                }
                for (LaneTicket ticket : tickets) {
                    ticket.await();
                }
            }
            for (int i = 0; i < count; i++) {
                check(rig.alone(requests.get(i)), tickets.get(i).await(), heard.get(i), requests.get(i));
            }
        }
    }

    private static void check(GeneratedText expected, LaneEnd end, Heard heard, LaneRequest request) {
        assertNull(end.failure());
        assertArrayEquals(expected.tokens(), end.text().tokens(), request::toString);
        assertArrayEquals(
                expected.tokens(), heard.tokens.stream().mapToInt(LaneToken::id).toArray());
        assertArrayEquals(expected.bytes(), heard.text.toByteArray());
        assertEquals(expected.text(), end.text().text());
        assertEquals(expected.stopped() ? Reason.STOP : Reason.LENGTH, end.reason());
        assertEquals(1, heard.ends);
        if (request.settings().logprobs()) {
            assertArrayEquals(expected.logprobs(), end.text().logprobs(), 1e-5f);
        }
    }

    @Test
    void aTextGoesOnFromItsStateAsIfItHadNotEnded() throws InterruptedException {
        try (Backend backend = new CpuBackend(2);
                LaneRig rig = new LaneRig(backend, Cell.LSTM)) {
            int[] prompt = LaneRig.tokens("one two buckle my shoe\nthree four knock ");
            LaneRequest whole = LaneRequest.of(prompt, LaneRig.settings(40, 1, 5));
            int[] all = rig.alone(whole).tokens();
            LaneRequest half = LaneRequest.of(prompt, LaneRig.settings(20, 1, 5));
            try (Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 4, 4)) {
                TextState state = lanes.submit(half, new Heard()).await().state();
                TextState kept = TextState.of(state.toBytes(), lanes.form());
                LaneRequest rest = LaneRequest.of(new int[0], half.settings()).from(kept);
                LaneTicket first = lanes.submit(rest, new Heard());
                LaneTicket again = lanes.submit(rest, new Heard());
                int[] expected = java.util.Arrays.copyOfRange(all, 20, 40);
                assertArrayEquals(expected, first.await().text().tokens());
                assertArrayEquals(expected, again.await().text().tokens());
                assertEquals(40, first.await().state().draws());
            }
        }
    }

    @Test
    void probabilitiesAreTold() throws InterruptedException {
        try (Backend backend = new CpuBackend(2);
                LaneRig rig = new LaneRig(backend, Cell.LSTM)) {
            String text = "one two buckle my shoe";
            LaneRequest request = LaneRequest.of(LaneRig.tokens(text), LaneRig.settings(5, 0, 1))
                    .withAlternatives(3)
                    .withPromptLogprobs();
            Heard heard = new Heard();
            LaneEnd end;
            try (Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 2, 0)) {
                end = lanes.submit(request, heard).await();
            }
            int[] tokens = java.util.stream.IntStream.concat(
                            java.util.stream.IntStream.of(request.prompt()),
                            java.util.stream.IntStream.of(end.text().tokens()))
                    .toArray();
            List<ScoredToken> scored = new ArrayList<>();
            Scorer.score(
                    rig.model,
                    LaneRig.LETTERS,
                    new EvaluationText(TestText.segment(tokens), 1, 1, 1, "test"),
                    scored::add);
            List<LaneToken> told = new ArrayList<>(heard.prompt);
            told.addAll(heard.tokens);
            assertEquals(tokens.length, told.size());
            assertTrue(Float.isNaN(told.getFirst().logprob()));
            for (int i = 1; i < tokens.length; i++) {
                assertEquals(tokens[i], told.get(i).id());
                assertEquals(scored.get(i - 1).logprob(), told.get(i).logprob(), 1e-5);
                assertEquals(3, told.get(i).alternatives().size());
            }
            for (LaneToken drawn : heard.tokens) {
                assertEquals(drawn.id(), drawn.alternatives().getFirst().id(), "greedy draws the most probable");
                assertTrue(drawn.alternatives().get(0).logprob()
                        >= drawn.alternatives().get(1).logprob());
            }
        }
    }

    @Test
    void whatWasToldOfAPromptStaysTold() throws InterruptedException {
        try (Backend backend = new CpuBackend(1);
                LaneRig rig = new LaneRig(backend, Cell.LSTM);
                Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 2, 0)) {
            List<List<LaneToken>> told = new ArrayList<>();
            for (String text : List.of("one two buckle", "three")) {
                LaneRequest request = LaneRequest.of(LaneRig.tokens(text), LaneRig.settings(1, 0, 1));
                lanes.submit(request.withPromptLogprobs(), new LaneListener() {
                            @Override
                            public void prompt(List<LaneToken> tokens) {
                                told.add(tokens);
                            }

                            @Override
                            public void end(LaneEnd end) {}
                        })
                        .await();
            }
            assertEquals(14, told.getFirst().size(), "the next text's prompt is another list");
            assertEquals(5, told.getLast().size());
        }
    }
}

package lstmgpu.task;

import lstmgpu.network.GenerationStep;
import lstmgpu.network.Network;

/** What a network writes while it is trained. */
public interface Samples {
    /** Of a task that writes nothing. */
    Samples NONE = new Samples() {
        @Override
        public boolean wanted() {
            return false;
        }

        @Override
        public GenerationStep step(Network network) {
            throw new IllegalStateException("nothing is written");
        }

        @Override
        public String draw(Network network, int step) {
            throw new IllegalStateException("nothing is written");
        }
    };

    boolean wanted();

    /** What a sample will be drawn with, for counting its memory. */
    GenerationStep step(Network network);

    /** A sample after so many steps, its prompt included. */
    String draw(Network network, int step);
}

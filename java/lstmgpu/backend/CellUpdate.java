package lstmgpu.backend;

/** The last part of a cell's step in float64: from a unit's gates, in their order, to its states. */
interface CellUpdate {
    /** c' = f·c + i·g; h' = o·tanh(c'). */
    CellUpdate KEPT_BESIDE = new CellUpdate() {
        @Override
        public void keep(double[] gates, double[] states) {
            states[1] = gates[1] * states[1] + gates[0] * gates[2];
        }

        @Override
        public void show(double[] gates, double[] states, double seen) {
            shownThrough(3, gates, states, seen);
        }

        @Override
        public double backFromShow(double[] gates, double seen, double[] dGates, double[] dStates) {
            return backThrough(3, gates, seen, dGates, dStates);
        }

        @Override
        public void backFromKeep(double[] gates, double[] before, double[] dGates, double[] dStates) {
            double dc = dStates[1];
            dGates[0] = dc * gates[2];
            dGates[1] = dc * before[1];
            dGates[2] = dc * gates[0];
            dStates[1] = dc * gates[1];
        }
    };

    /** c' = (1 − i)·c + i·g; h' = o·tanh(c'), i, g and o being the gates in their order. */
    CellUpdate COUPLED = new CellUpdate() {
        @Override
        public void keep(double[] gates, double[] states) {
            states[1] = (1 - gates[0]) * states[1] + gates[0] * gates[1];
        }

        @Override
        public void show(double[] gates, double[] states, double seen) {
            shownThrough(2, gates, states, seen);
        }

        @Override
        public double backFromShow(double[] gates, double seen, double[] dGates, double[] dStates) {
            return backThrough(2, gates, seen, dGates, dStates);
        }

        @Override
        public void backFromKeep(double[] gates, double[] before, double[] dGates, double[] dStates) {
            double dc = dStates[1];
            dGates[0] = dc * (gates[1] - before[1]);
            dGates[1] = dc * gates[0];
            dStates[1] = dc * (1 - gates[0]);
        }
    };

    /** h' = (1 − z)·n + z·h, z and n being the second gate and the third. */
    CellUpdate KEPT_IN_PLACE = new CellUpdate() {
        @Override
        public void keep(double[] gates, double[] states) {
            states[0] = (1 - gates[1]) * gates[2] + gates[1] * states[0];
        }

        @Override
        public void backFromKeep(double[] gates, double[] before, double[] dGates, double[] dStates) {
            dGates[0] = 0;
            dGates[1] = dStates[0] * (before[0] - gates[2]);
            dGates[2] = dStates[0] * (1 - gates[1]);
            dStates[0] *= gates[1];
        }
    };

    /** The gate is h. */
    CellUpdate PLAIN = new CellUpdate() {
        @Override
        public void keep(double[] gates, double[] states) {
            states[0] = gates[0];
        }

        @Override
        public void backFromKeep(double[] gates, double[] before, double[] dGates, double[] dStates) {
            dGates[0] = dStates[0];
            dStates[0] = 0;
        }
    };

    /** Remembers: the state that is kept, from before to after the step. A gate that sees c' is not there yet. */
    void keep(double[] gates, double[] states);

    /**
     * Then shows it: h', where that is another than what is kept.
     *
     * @param seen what is kept, or what a norm makes of it
     */
    default void show(double[] gates, double[] states, double seen) {}

    /**
     * The gradients, back through {@link #show}.
     *
     * @param dGates become those by the gates that it read
     * @param dStates those by the states after the step; become those by what is kept, but for what goes through seen
     * @return that by seen
     */
    default double backFromShow(double[] gates, double seen, double[] dGates, double[] dStates) {
        return 0;
    }

    /**
     * Back through {@link #keep}.
     *
     * @param before the states before the step
     * @param dGates become those by the gates that it read
     * @param dStates becomes those by the states before the step, the gates apart
     */
    void backFromKeep(double[] gates, double[] before, double[] dGates, double[] dStates);

    private static void shownThrough(int output, double[] gates, double[] states, double seen) {
        states[0] = gates[output] * Math.tanh(seen);
    }

    private static double backThrough(int output, double[] gates, double seen, double[] dGates, double[] dStates) {
        double shown = Math.tanh(seen);
        double dh = dStates[0];
        dGates[output] = dh * shown;
        dStates[0] = 0;
        return dh * gates[output] * (1 - shown * shown);
    }
}

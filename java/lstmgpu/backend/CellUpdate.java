package lstmgpu.backend;

/** The last part of a cell's step in float64: from a unit's gates, in their order, to its states. */
interface CellUpdate {
    /** c' = f·c + i·g; h' = o·tanh(c'). */
    CellUpdate KEPT_BESIDE = new CellUpdate() {
        @Override
        public void apply(double[] gates, double[] states) {
            states[1] = gates[1] * states[1] + gates[0] * gates[2];
            states[0] = gates[3] * Math.tanh(states[1]);
        }

        @Override
        public void back(double[] gates, double[] before, double[] after, double[] dGates, double[] dStates) {
            double seen = Math.tanh(after[1]);
            double dc = dStates[1] + dStates[0] * gates[3] * (1 - seen * seen);
            dGates[0] = dc * gates[2];
            dGates[1] = dc * before[1];
            dGates[2] = dc * gates[0];
            dGates[3] = dStates[0] * seen;
            dStates[0] = 0;
            dStates[1] = dc * gates[1];
        }
    };

    /** c' = (1 − i)·c + i·g; h' = o·tanh(c'), i, g and o being the gates in their order. */
    CellUpdate COUPLED = new CellUpdate() {
        @Override
        public void apply(double[] gates, double[] states) {
            states[1] = (1 - gates[0]) * states[1] + gates[0] * gates[1];
            states[0] = gates[2] * Math.tanh(states[1]);
        }

        @Override
        public void back(double[] gates, double[] before, double[] after, double[] dGates, double[] dStates) {
            double seen = Math.tanh(after[1]);
            double dc = dStates[1] + dStates[0] * gates[2] * (1 - seen * seen);
            dGates[0] = dc * (gates[1] - before[1]);
            dGates[1] = dc * gates[0];
            dGates[2] = dStates[0] * seen;
            dStates[0] = 0;
            dStates[1] = dc * (1 - gates[0]);
        }
    };

    /** h' = (1 − z)·n + z·h, z and n being the second gate and the third. */
    CellUpdate KEPT_IN_PLACE = new CellUpdate() {
        @Override
        public void apply(double[] gates, double[] states) {
            states[0] = (1 - gates[1]) * gates[2] + gates[1] * states[0];
        }

        @Override
        public void back(double[] gates, double[] before, double[] after, double[] dGates, double[] dStates) {
            dGates[0] = 0;
            dGates[1] = dStates[0] * (before[0] - gates[2]);
            dGates[2] = dStates[0] * (1 - gates[1]);
            dStates[0] *= gates[1];
        }
    };

    /** The gate is h. */
    CellUpdate PLAIN = new CellUpdate() {
        @Override
        public void apply(double[] gates, double[] states) {
            states[0] = gates[0];
        }

        @Override
        public void back(double[] gates, double[] before, double[] after, double[] dGates, double[] dStates) {
            dGates[0] = dStates[0];
            dStates[0] = 0;
        }
    };

    /** @param states from before to after the step */
    void apply(double[] gates, double[] states);

    /**
     * The gradients.
     *
     * @param gates that {@link #apply} was given
     * @param before the states before the step
     * @param after the states after it
     * @param dGates become those by the gates
     * @param dStates those by the states after the step; become those by the states before it, the gates apart
     */
    void back(double[] gates, double[] before, double[] after, double[] dGates, double[] dStates);
}

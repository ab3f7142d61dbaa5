package lstmgpu.backend;

/** The recurrent stack; {@link Backend} says what holds for all operations. */
public interface Recurrence {
    /** Where the tensors of a recurrent stack lie; the same for every plan of that shape. */
    ParameterLayout rnnLayout(RnnShape shape);

    /**
     * Whether a plan over {@code tokens} tokens that share one set of weights is better off with {@link RnnInput.Table}
     * than with features. Depends on who would compute the plan: cuDNN takes features only.
     *
     * @param spec of the plan; its tableSize does not matter
     * @param tokens of all calls between two changes of the weights
     */
    boolean prefersTable(RnnSpec spec, int vocabulary, long tokens);

    /**
     * @param clock whose STEP numbers the dropout masks; may be null without dropout
     * @throws lstmgpu.LstmGpuException with exit code 2 if this backend does not have the implementation asked for, 4
     *     if it lacks what that needs, 5 if memory is short
     */
    RnnPlan newRnnPlan(RnnSpec spec, StepClock clock);
}

package lstmgpu.backend;

import java.util.List;
import java.util.function.Supplier;
import lstmgpu.backend.reference.FaultyClusters;
import lstmgpu.backend.reference.FaultyOperations;

/**
 * A mistake in one operation and the case that must notice it.
 *
 * @param open a backend that is right but for this mistake
 */
record OperationFault(String name, ConformanceCase test, Supplier<Backend> open) {
    private static final long SEED = TestData.SEED;

    static List<OperationFault> all() {
        LayerCases.Linear linear = new LayerCases.Linear(7, 33, 7, true, SEED);
        LayerCases.LinearGrad written =
                new LayerCases.LinearGrad(7, 33, 7, true, LayerCases.InputGradient.WRITTEN, SEED);
        LossCases.CrossEntropy loss =
                new LossCases.CrossEntropy(33, 7, LossCases.Gradient.APART, true, LossCases.Logits.ORDINARY, SEED);
        OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 0.5f);
        OptimizerCases.Steps clipped = new OptimizerCases.Steps(adam, 33, -1, Float.NaN, 0, SEED);
        AverageCases.Average averaged = new AverageCases.Average(0.5f, 33, 0, 0, SEED);
        LayerCases.DropoutOfShare masked = new LayerCases.DropoutOfShare(7, 3, 33, new BatchShare(2, 7), false, SEED);
        AdaptationCases.Adapt adapted = new AdaptationCases.Adapt(0.02f, 0.02f, true, 33, SEED);
        BatchCases.Gather gathered = new BatchCases.Gather(2, 7, 7, true, 1, 3, SEED);
        BatchCases.GatherRows rows = new BatchCases.GatherRows(7, 7, 1, SEED);
        ClusterCases.Partition partition = new ClusterCases.Partition(33, 2, -1, SEED);
        ClusterCases.LogSoftmax inCluster = new ClusterCases.LogSoftmax(7, 33, 1, true, SEED);
        ClusterCases.LeftOut leftOut = new ClusterCases.LeftOut(33, 7, SEED);
        ClusterCases.CountedRows counted = new ClusterCases.CountedRows(7, 33, 5, 2, 0, false, SEED);
        SamplingSpec one = new SamplingSpec(1, 0, 1, 0, 1, SEED);
        SamplingCases.Draws draws = new SamplingCases.Draws(one, 7, 33, 7, false, SEED);
        return List.of(
                new OperationFault("write past the end", linear, FaultyOperations::writesPastTheEnd),
                new OperationFault("last element left out", linear, FaultyOperations::leavesOneOut),
                new OperationFault("input changed", linear, FaultyOperations::changesInput),
                new OperationFault("bias left out", linear, FaultyOperations::leavesBiasOut),
                new OperationFault("gradient added instead of written", written, FaultyOperations::addsToDx),
                new OperationFault("scale left out", loss, FaultyOperations::leavesScaleOut),
                new OperationFault("clip left out", clipped, FaultyOperations::doesNotClip),
                new OperationFault("decay of the average left out", averaged, FaultyOperations::averagesWithoutDecay),
                new OperationFault("drawn away from trained weights", adapted, FaultyOperations::drawsAway),
                new OperationFault("dropout numbered by the share", masked, FaultyOperations::numbersMasksByShare),
                new OperationFault("text read by the share", gathered, FaultyOperations::numbersSequencesByShare),
                new OperationFault("rows chosen by the share", rows, FaultyOperations::numbersSequencesByShare),
                new OperationFault("row of a cluster by its token", partition, FaultyClusters::numbersRowsByToken),
                new OperationFault("probability of the cluster left out", inCluster, FaultyClusters::leavesClusterOut),
                new OperationFault("row without a target judged", leftOut, FaultyClusters::judgesRowsWithoutTarget),
                new OperationFault("rows behind the last counted", counted, FaultyClusters::multipliesAllRows),
                new OperationFault("draw number left out", draws, FaultyOperations::doesNotAdvance));
    }
}

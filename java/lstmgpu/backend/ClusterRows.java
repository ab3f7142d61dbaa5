package lstmgpu.backend;

/**
 * Which rows belong to which cluster of tokens, as {@link Losses#partition} finds it for N tokens and K clusters.
 *
 * @param entries INT32 [N], each token's place in the head of an adaptive softmax: the token itself where it is a
 *     frequent one, otherwise that of its cluster
 * @param places INT32 [K,N], of each cluster the numbers of its rows, rising; 0 behind the last
 * @param inside INT32 [K,N], of each of these rows the token's number within the cluster
 * @param counts INT32 [K], the rows of each cluster
 */
public record ClusterRows(DeviceBuffer entries, DeviceBuffer places, DeviceBuffer inside, DeviceBuffer counts) {}

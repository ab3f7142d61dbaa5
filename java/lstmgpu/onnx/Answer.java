package lstmgpu.onnx;

import lstmgpu.backend.RnnState;

/**
 * What a network says.
 *
 * @param predictions [B,T,·] of steps, [B,·] of whole sequences
 * @param state behind the last step; null where none is carried
 */
@SuppressWarnings("ArrayRecordComponent")
record Answer(float[] predictions, RnnState state) {}

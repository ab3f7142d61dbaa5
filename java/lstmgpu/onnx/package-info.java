/** Models as ONNX files, and the proof that ONNX Runtime computes with them what this program computes. */
package lstmgpu.onnx;

/** Trained models, opened: on a device, with what lies beside their weights. */
package lstmgpu.models;

/** Which devices there are, and the choice of the one that computes. */
package lstmgpu.devices;

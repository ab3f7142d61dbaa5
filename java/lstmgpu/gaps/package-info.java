/** How far a network remembers: the classical tasks whose answer depends on what was read long before. */
package lstmgpu.gaps;

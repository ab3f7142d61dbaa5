/** A program that trains and writes, as README.md shows it. */
module example {
    requires lstmgpu;
}

package lstmgpu.task.forecast;

/** How several steps ahead are forecast. */
public enum Strategy {
    /** All of them at once. */
    DIRECT,
    /** One after the other, each from those before. */
    RECURSIVE
}

/** Series of numbers: read, scaled, forecast by one network for all of them, and judged beside simple forecasts. */
package lstmgpu.task.forecast;

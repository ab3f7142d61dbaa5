package lstmgpu.parallel.mpi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchTest {
    @Test
    void openMpiMpichAndSlurmTellTheirProcesses() {
        assertEquals(new Launch(3, 2), Launch.of(Map.of("OMPI_COMM_WORLD_SIZE", "3", "OMPI_COMM_WORLD_RANK", "2")));
        assertEquals(new Launch(4, 0), Launch.of(Map.of("PMI_SIZE", "4", "PMI_RANK", "0")));
        assertEquals(new Launch(8, 7), Launch.of(Map.of("SLURM_NTASKS", "8", "PMIX_RANK", "7")));
        assertEquals(
                new Launch(2, 1),
                Launch.of(Map.of("SLURM_NTASKS", "8", "SLURM_STEP_NUM_TASKS", "2", "PMIX_RANK", "1")));
    }

    /** A batch script has the numbers of its tasks too, and is one process. */
    @Test
    void everythingElseIsAProcessByItself() {
        assertEquals(Launch.ALONE, Launch.of(Map.of()));
        assertEquals(Launch.ALONE, Launch.of(Map.of("SLURM_NTASKS", "8", "SLURM_PROCID", "0")));
        assertEquals(Launch.ALONE, Launch.of(Map.of("OMPI_COMM_WORLD_SIZE", "3")));
        assertEquals(Launch.ALONE, Launch.of(Map.of("PMI_SIZE", "4", "PMI_RANK", "4")));
        assertEquals(Launch.ALONE, Launch.of(Map.of("PMI_SIZE", "many", "PMI_RANK", "0")));
        assertEquals(Launch.ALONE, Launch.of(Map.of("PMI_SIZE", "99999999999", "PMI_RANK", "0")));
    }
}

package lstmgpu.parallel.mpi;

import java.util.Map;

/**
 * What the environment of a process says of those that were started with it.
 *
 * @param size how many there are
 * @param rank this one's number, from 0
 */
public record Launch(int size, int rank) {
    /** A process that nobody has started together with others. */
    public static final Launch ALONE = new Launch(1, 0);

    private static final int MOST_DIGITS = 7;

    /**
     * By the variables of Open MPI; of MPICH, Intel MPI and PMI-2; of Slurm's srun with PMIx. What Slurm sets in a
     * batch script too does not tell by itself that the script has used srun.
     */
    public static Launch of(Map<String, String> environment) {
        Launch openMpi = named(environment, "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK");
        if (openMpi != null) {
            return openMpi;
        }
        Launch pmi = named(environment, "PMI_SIZE", "PMI_RANK");
        if (pmi != null) {
            return pmi;
        }
        String count = environment.containsKey("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
        Launch slurm = named(environment, count, "PMIX_RANK");
        return slurm == null ? ALONE : slurm;
    }

    private static Launch named(Map<String, String> environment, String count, String number) {
        int size = number(environment.get(count));
        int rank = number(environment.get(number));
        return size > 0 && rank >= 0 && rank < size ? new Launch(size, rank) : null;
    }

    private static int number(String text) {
        boolean isNumber = text != null && text.matches("\\d{1," + MOST_DIGITS + "}");
        return isNumber ? Integer.parseInt(text) : -1;
    }

    /** Whether there are others. */
    public boolean isShared() {
        return size > 1;
    }
}

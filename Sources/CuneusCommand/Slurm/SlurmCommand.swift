import ArgumentParser

/// A permutation test on many machines.
struct SlurmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slurm",
        abstract: "Share a project's permutation tests among the machines of a Slurm cluster, or of another queue.",
        discussion: """
            Copies the input once, writes an array job of cuneus permute and a job of cuneus merge that waits for it, and
            with --submit hands both to sbatch. The results are those of cuneus run on one machine, byte for byte.

            Given again, the same command submits only what is missing: parts are judged by what their files hold, whatever
            became of the jobs. What was begun goes on where it was.

            Examples:
              cuneus slurm my_project --submit
              cuneus slurm my_project --model all --shards 40 --cpus 2 --partition short --time 30 --submit
              cuneus slurm my_project --container cuneus.sif --account p123 --submit
              cuneus slurm status cuneus-out/my_project.parts
              cuneus slurm cancel cuneus-out/my_project.parts
              cuneus slurm my_project --print-commands | parallel

            The options of the first form: cuneus slurm prepare --help. SGE, PBS, LSF, GNU parallel, Snakemake, Nextflow:
            Docs/clusters.md.
            """,
        subcommands: [SlurmPrepareCommand.self, SlurmStatusCommand.self, SlurmCancelCommand.self],
        defaultSubcommand: SlurmPrepareCommand.self)
}

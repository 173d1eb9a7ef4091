/// The shell scripts of a permutation test that machines share: `part.sh`, which runs one part of it, `merge.sh`, which puts
/// the parts together, and `prepare.sh`, which computes before them what all parts share; it need not be run.
///
/// Both are POSIX shell. The numbers of `part.sh` are lines of `tasks.tsv`, which has three columns, tab-separated: the file of the
/// part, which part of how many, and the model. An array job of Slurm, SGE, PBS or LSF hands the number over in its environment;
/// elsewhere it is the script's argument.
package struct JobScripts: Hashable, Sendable {
    /// Of the jobs, as a queue shows it.
    package var name: String
    /// Where the parts are; absolute, since a scheduler runs a copy of the script.
    package var folder: String
    /// Folder that the commands are run in; absolute.
    package var workingFolder: String
    /// Words that come before the subcommand: the program, or a container with it.
    package var program: [String]
    /// The project, as the commands name it.
    package var inputs: [String]
    /// Options that decide about the result, for both commands.
    package var options: [String]
    /// Options of `cuneus merge` alone.
    package var merging: [String]
    /// Options of `cuneus prepare` alone.
    package var preparing: [String]
    /// Whether the model is one of the plan's, which the part has to name.
    package var namesModel: Bool
    package var resources: JobResources
    package var tasks: Int

    package init(
        name: String, folder: String, workingFolder: String, program: [String], inputs: [String], options: [String],
        merging: [String], preparing: [String] = [],
        namesModel: Bool, resources: JobResources, tasks: Int
    ) {
        self.name = name
        self.folder = folder
        self.workingFolder = workingFolder
        self.program = program
        self.inputs = inputs
        self.options = options
        self.merging = merging
        self.preparing = preparing
        self.namesModel = namesModel
        self.resources = resources
        self.tasks = tasks
    }

    /// Line of `tasks.tsv`.
    package struct Task: Hashable, Sendable {
        package var file: String
        package var shard: Int
        package var count: Int
        package var model: String

        package init(file: String, shard: Int, count: Int, model: String) {
            self.file = file
            self.shard = shard
            self.count = count
            self.model = model
        }

        package var line: String { "\(file)\t\(shard)/\(count)\t\(model)" }
    }

    /// The script that runs one part. A part that is interrupted, or that Slurm puts into the queue again, goes on where it was.
    package var part: String {
        let permute =
            ShellWord.line(program + ["permute"] + inputs + options + threads)
            + (namesModel ? " --model \"$model\"" : "") + " --shard \"$shard\" --out \"$folder/$file\" ${1+\"$@\"}"
        return head(
            "\(name)", log: "part-%a.log", ["--array=1-\(tasks)"],
            says: """
                # Runs one part of a permutation test: sh part.sh 3. In an array job the number is that of the task.
                """
        ) + """

            number=${1:-}
            for found in "${SLURM_ARRAY_TASK_ID:-}" "${SGE_TASK_ID:-}" "${PBS_ARRAY_INDEX:-}" "${PBS_ARRAYID:-}" \\
                "${LSB_JOBINDEX:-}"; do
                [ -n "$number" ] || number=$found
            done
            case $number in
            '' | *[!0-9]*) echo "part.sh: which part? Say its number, 1 to \(tasks): sh part.sh 3" >&2; exit 64 ;;
            esac
            cd "$folder"
            task=$(sed -n "${number}p" tasks.tsv)
            [ -n "$task" ] || { echo "part.sh: there is no part $number; there are \(tasks)." >&2; exit 64; }
            file=$(printf '%s\\n' "$task" | cut -f 1)
            shard=$(printf '%s\\n' "$task" | cut -f 2)
            model=$(printf '%s\\n' "$task" | cut -f 3)
            set --
            [ ! -f "$folder/\(Self.preparedFile)" ] || set -- --prepared "$folder/\(Self.preparedFile)"
            \(check)
            cd \(ShellWord.quoted(workingFolder))
            exec \(permute)

            """
    }

    /// What `prepare.sh` writes and parts take where it is there.
    package static let preparedFile = "prepared.cuneus"

    /// The script that computes what all parts share. Once is enough: what it is made of does not change in a folder of parts.
    package var prepare: String {
        let prepare = ShellWord.line(
            program + ["prepare"] + inputs + options + threads + preparing
                + ["--out", "\(folder)/\(Self.preparedFile)"])
        return head(
            "\(name)-prepare", log: "prepare.log", [],
            says: """
                # Computes once what all parts share. Parts that find the file take it, others compute it themselves.
                """
        ) + """

            cd "$folder"
            [ ! -f \(Self.preparedFile) ] || exit 0
            \(check)
            cd \(ShellWord.quoted(workingFolder))
            exec \(prepare)

            """
    }

    /// The script that puts the parts together and writes the results.
    package var merge: String {
        let merge = ShellWord.line(
            program + ["merge"] + inputs + options + threads + ["--parts", "\(folder)/parts"] + merging)
        return head(
            "\(name)-merge", log: "merge.log", [],
            says: """
                # Puts the parts together and writes the results. Ends with 2 and says which, when parts are not there.
                """
        ) + """

            cd "$folder"
            \(check)
            cd \(ShellWord.quoted(workingFolder))
            \(merge)
            # What cuneus slurm goes by: the results are written.
            date -u +%Y-%m-%dT%H:%M:%SZ > "$folder/merged"

            """
    }

    /// The command that runs one part, for any queue.
    package func command(part number: Int) -> String { ShellWord.line(["sh", "\(folder)/part.sh", "\(number)"]) }

    package var prepareCommand: String { ShellWord.line(["sh", "\(folder)/prepare.sh"]) }

    package var mergeCommand: String { ShellWord.line(["sh", "\(folder)/merge.sh"]) }

    private var threads: [String] { ["--threads", "\(resources.cpus)"] }

    /// The input as it was when the parts were begun, else parts of two analyses would be merged.
    private var check: String {
        """
        sha256sum --check --quiet input.sha256 >&2 || {
            echo "The input is no longer that of this test: see $folder/input.sha256." >&2
            exit 2
        }
        """
    }

    private func head(_ job: String, log: String, _ options: [String], says comment: String) -> String {
        let common = ["--job-name=\(job)"] + options + resources.options
        let directives =
            common + ["--output=\(folder)/logs/\(log)", "--open-mode=append", "--requeue"] + resources.others
        return "#!/bin/sh\n" + directives.map { "#SBATCH \(ShellWord.quoted($0))\n" }.joined() + comment
            + "\nset -eu\nfolder=\(ShellWord.quoted(folder))"
    }
}

/// What a job asks of a Slurm site; nil leaves it to the site.
package struct JobResources: Hashable, Sendable {
    package var partition: String?
    package var account: String?
    /// As Slurm reads it: minutes, or `hours:minutes:seconds`.
    package var time: String?
    /// As Slurm reads it: megabytes, or `4G`.
    package var memory: String?
    package var cpus: Int
    /// Further options as sbatch takes them, such as `--constraint=avx512`.
    package var others: [String]

    package init(
        partition: String? = nil, account: String? = nil, time: String? = nil, memory: String? = nil, cpus: Int = 1,
        others: [String] = []
    ) {
        self.partition = partition
        self.account = account
        self.time = time
        self.memory = memory
        self.cpus = cpus
        self.others = others
    }

    /// Options for the head of a job script; ``others`` come after all else, so that they can change it.
    var options: [String] {
        let named = [("partition", partition), ("account", account), ("time", time), ("mem", memory)]
        return ["--nodes=1", "--ntasks=1", "--cpus-per-task=\(cpus)"]
            + named.compactMap { name, value in value.map { "--\(name)=\($0)" } }
    }
}

import ArgumentParser
import Cuneus
import Foundation

struct SlurmPrepareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Write the jobs, and submit what is missing. (Need not be named: cuneus slurm PROJECT.)",
        discussion: """
            Writes DIR.parts/: input/ (a copy of every file that is read, with input.sha256), part.sh and merge.sh (job
            scripts that any queue can run), prepare.sh, tasks.tsv, parts/<model>/ (a ledger per part), logs/ and parts.json. The
            results go to DIR.

            Without --shards, a part gets at least a minute of the test, and at least as much of it as of what every part
            has to do first; no more parts are made than the site's MaxArraySize allows. How long that takes is estimated
            as cuneus plan does, at the pace of the machine that this command runs on (at most three times slower or faster
            than that of Docs/performance.md): nodes are taken to be as fast. Where they are not, give --shards; the results
            are the same for any number of parts.

            With --prepare, a job before the array computes once what every part would compute before its first permutation
            (see cuneus prepare), and parts begin at once. Worth it where parts are many or short, and the disk is fast.

            Examples:
              cuneus slurm my_project --submit
              cuneus slurm my_project --shards 100 --prepare --submit
              cuneus slurm my_project --shards 40 --cpus 2 --mem 4G --time 30 --submit
              cuneus slurm my_project --print-commands | parallel --jobs 4
            """)

    @OptionGroup var options: AnalysisOptions
    @Option(help: "Only this model of the plan (repeatable).") var model: [String] = []
    @Option(help: "Parts of each model's test (default: from the estimate of cuneus plan, at this machine's pace).")
    var shards: Int?
    @Option(help: "Partition of the jobs.") var partition: String?
    @Option(help: ArgumentHelp("Longest time of a job, as Slurm reads it: minutes, or h:mm:ss.", valueName: "time"))
    var time: String?
    @Option(
        help: ArgumentHelp(
            "Memory of a job, as Slurm reads it, such as 4G (default: the estimate of cuneus plan and half as much again).",
            valueName: "size"))
    var mem: String?
    @Option(help: "Processors of a job.") var cpus = 1
    @Option(help: "Account that the jobs are charged to.") var account: String?
    @Option(
        help: ArgumentHelp("Container image that has cuneus, run by apptainer.", valueName: "image"))
    var container: String?
    @Option(
        name: .customLong("sbatch"),
        help: ArgumentHelp(
            "A further option for sbatch, such as --sbatch=--constraint=avx512 (repeatable).", valueName: "option"))
    var others: [String] = []
    @Option(
        help: ArgumentHelp("Folder for the results (default: cuneus-out/<project>).", valueName: "dir"),
        completion: .directory)
    var out: String?
    @Option(
        help: ArgumentHelp("Folder for the parts, which all machines see (default: DIR.parts).", valueName: "dir"),
        completion: .directory)
    var work: String?
    @Flag(help: "Compute first, once and in a job of its own, what all parts share (cuneus prepare).")
    var prepare = false
    @Flag(help: "Submit the jobs.") var submit = false
    @Flag(help: "Print a command per part that is missing, for another queue, and the one that merges as a comment.")
    var printCommands = false

    func validate() throws {
        if let shards, !(1...1_000_000).contains(shards) {
            throw ValidationError("--shards is \(shards); 1 to 1000000 can be had.")
        }
        guard (1...1024).contains(cpus) else { throw ValidationError("--cpus is \(cpus); 1 to 1024 can be had.") }
        if options.threads != nil { throw ValidationError("--threads is of one machine; --cpus says those of a job.") }
        if submit, printCommands { throw ValidationError("Give --submit or --print-commands.") }
        for word in [partition, time, mem, account].compactMap({ $0 }) + others
        where word.isEmpty || word.contains(where: \.isNewline) {
            throw ValidationError("An option for Slurm is empty, or has more than one line.")
        }
    }

    func run() async throws {
        let opened = try options.open(models: model)
        let results = StagedInput.absolute(out ?? "cuneus-out/\(ModelFindings.folderName(opened.project.name))")
        let path = StagedInput.absolute(work ?? "\(results).parts")
        let input = try StagedInput(
            try ProjectFiles(opened, inputs: options.project.project).paths, seenFrom: Self.workingFolder)
        let tests = try tests(opened)
        let limit = SlurmSite.largestTask()
        // Locked, so that two calls do not submit the same parts.
        try OutputPlace.make(path)
        let lock = try OutputPlace.lock(folder: path)
        let earlier = try PartManifest(in: path)
        var manifest = PartManifest(
            project: opened.project.name, input: input.sha256, options: try options.resultWords(StagedInput.absolute),
            asked: model, results: results,
            models: try models(tests, opened, earlier: earlier, limit: limit ?? Self.usualLimit))
        if let earlier {
            if let difference = manifest.differenceOf(earlier) {
                throw InputError(
                    at: SourceLocation(file: path), "the parts there cannot be gone on with: \(difference).",
                    remedy: "Name another folder with --work and --out, or remove this one to begin anew.")
            }
            manifest.submissions = earlier.submissions
        }
        var folder = PartFolder(path, manifest: manifest)
        let scripts = try scripts(folder, input: input, bytes: try bytes(tests, opened))
        try input.copy(into: path)
        try OutputPlace.make(scripts.workingFolder)
        try checkCopy(of: opened, input, in: path)
        try folder.write(input.checksums, "input.sha256")
        try folder.write(scripts)
        try folder.manifest.write(in: path)
        if !printCommands { try describe(folder, tests, input, isNew: earlier == nil, limit: limit) }
        try handOut(&folder, scripts)
        withExtendedLifetime(lock) {}
    }

    private static var workingFolder: String { FileManager.default.currentDirectoryPath }

    /// Tasks of a site that does not say how many it allows: Slurm's default MaxArraySize, less 1.
    private static let usualLimit = 1000

    private func tests(_ opened: AnalysisOptions.Opened) throws -> [SharedTest] {
        let spaces = SpaceStore()
        let permutation = try options.permutationOptions()
        // Nodes cannot be asked before there is a job: this machine is the nearest there is to them. The number of parts
        // changes nothing but the time. Beyond the factor of three that machines differ by, it is the work of others that was
        // measured, as on a crowded login node.
        let pace = min(max(MachinePace.measured(), 1.0 / 3), 3)
        let tests = try opened.models.compactMap { plan, settings in
            try SharedTest(
                plan, of: opened.project, settings: settings, spaces: spaces, workers: Workers(threads: cpus),
                options: permutation, isPrepared: prepare, pace: pace)
        }
        guard !tests.isEmpty else {
            throw InputError(
                "no model has a permutation test that could be shared.",
                remedy: "Use cuneus run; or ask for a test, such as --set permutations=1000 with --method sdm-psi.")
        }
        return tests
    }

    /// The models with a test to share, each with its number of parts.
    private func models(
        _ tests: [SharedTest], _ opened: AnalysisOptions.Opened, earlier: PartManifest?, limit: Int
    ) throws -> [PartManifest.Model] {
        let folders = PartManifest.folders(of: opened)
        func number(_ test: SharedTest) -> Int? { earlier?.models.first { $0.name == test.plan.name }?.parts }
        if let shards, let earlier, earlier.models.contains(where: { $0.parts != shards }) {
            let counts = Set(earlier.models.map(\.parts)).sorted().map(String.init).joined(separator: " or ")
            throw InputError(
                "the parts were begun as \(counts) of a test, not \(shards).",
                remedy: "Leave --shards out to go on with them, or name another folder with --work and --out.")
        }
        if let shards, shards * tests.count > limit {
            throw InputError(
                "\(tests.count) test\(tests.count == 1 ? "" : "s") in \(shards) parts make more tasks than an array may have here (\(limit)).",
                remedy: "Give fewer --shards.")
        }
        // Each has a share of what the site allows.
        let most = max(limit / tests.count, 1)
        return tests.map { test in
            PartManifest.Model(
                name: test.plan.name, folder: folders[test.plan.name] ?? ModelFindings.folderName(test.plan.name),
                parts: number(test) ?? shards ?? min(test.worthwhileParts, most))
        }
    }

    private func scripts(_ folder: PartFolder, input: StagedInput, bytes: Int) throws -> JobScripts {
        // What is seen from here is seen alike from the counterpart of this folder, and tables name files as they are seen.
        func place(_ path: String) -> String {
            let copy = input.place(of: path, in: folder.path)
            return copy != nil && !path.hasPrefix("/") ? path : copy ?? StagedInput.absolute(path)
        }
        let isAdHoc = options.adHoc.isGiven
        let memory = "\(max(bytes / 2 * 3, 1 << 30) >> 20)M"
        let named = model.flatMap { ["--model", $0] }
        return JobScripts(
            name: "cuneus-\(ModelFindings.folderName(folder.manifest.project))", folder: folder.path,
            workingFolder: input.counterpart(of: Self.workingFolder, in: folder.path), program: program(folder),
            inputs: try options.inputWords(place),
            options: try options.resultWords(place) + options.placeWords + (isAdHoc ? named : []),
            merging: (isAdHoc ? [] : named) + ["--out", folder.manifest.results],
            preparing: isAdHoc ? [] : named, namesModel: !isAdHoc,
            resources: JobResources(
                partition: partition, account: account, time: time, memory: mem ?? memory, cpus: cpus, others: others),
            tasks: folder.manifest.tasks.count)
    }

    /// The most that a part takes, or another method where the parts are put together.
    private func bytes(_ tests: [SharedTest], _ opened: AnalysisOptions.Opened) throws -> Int {
        var most = tests.compactMap(\.cost.bytes)
        for (plan, settings) in opened.models where !settings.otherMethods.isEmpty {
            var methods = try OtherMethods(plan, of: opened.project, settings: settings)
            methods.allowance = options.allowance
            most += methods.scope.runs.map { methods.memory($0) }
        }
        return most.max() ?? 0
    }

    private func program(_ folder: PartFolder) -> [String] {
        guard let container else { return [Bundle.main.executablePath ?? "cuneus"] }
        let image = Path.exists(container) ? StagedInput.absolute(container) : container
        let results = PathParts.folder(folder.manifest.results)
        return ["apptainer", "exec", "--bind", "\(folder.path),\(results)", image, "cuneus"]
    }

    /// A copy that reads as something else would be merged into other results: better told now.
    private func checkCopy(of opened: AnalysisOptions.Opened, _ input: StagedInput, in folder: String) throws {
        func place(_ path: String) -> String { input.place(of: path, in: folder) ?? StagedInput.absolute(path) }
        var copy = options
        copy.project.project = try options.inputWords(place)
        copy.project.annotation = options.project.annotation.map(place)
        if case .table(let path) = options.project.groups { copy.project.groups = .table(path: place(path)) }
        let project = try copy.project.read().recordingContents()
        let hashes = { (project: Project) in project.contents.values.map(\.sha256).sorted() }
        guard hashes(project) == hashes(opened.project), project.name == opened.project.name,
            project.experiments.map(\.id) == opened.project.experiments.map(\.id)
        else {
            throw OutputError(
                path: "\(folder)/\(StagedInput.folder)",
                reason: "the copy of the input reads otherwise than the input.",
                remedy: "Look for links and for files outside of the project; cuneus run on one machine reads them.")
        }
    }

    private func describe(
        _ folder: PartFolder, _ tests: [SharedTest], _ input: StagedInput, isNew: Bool, limit: Int?
    ) throws {
        var lines: [String] = []
        for (test, model) in zip(tests, folder.manifest.models) {
            let each = test.repeated + test.shared / Double(model.parts)
            lines.append(
                "\(model.name): \(model.parts) part\(model.parts == 1 ? "" : "s"), about "
                    + "\(ModelSummary.duration(each)) each on \(cpus) CPU\(cpus == 1 ? "" : "s"), of which "
                    + "\(ModelSummary.duration(test.repeated)) before the first permutation")
        }
        lines.append("Times are estimated at this machine's pace; nodes are taken to be as fast.")
        let files = "\(input.files.count) file\(input.files.count == 1 ? "" : "s")"
        lines.append(
            (isNew ? "Wrote" : "Goes on with")
                + " \(folder.path): input of \(files), sha256 \(input.sha256.prefix(16))…")
        if submit, limit == nil, !options.quiet {
            Failure.complain("note: scontrol does not say MaxArraySize; \(Self.usualLimit) is taken.")
        }
        try StandardOutput.print(lines.joined(separator: "\n"))
    }

    /// Submits, prints or counts what is not done.
    private func handOut(_ folder: inout PartFolder, _ scripts: JobScripts) throws {
        let parts = folder.parts
        for part in parts {
            guard case .damaged(let why) = part.found.state else { continue }
            Failure.complain("\(part.task.file) is damaged (\(why)); it is set aside and run anew.")
            try folder.setAside(part)
        }
        let open = parts.filter { !$0.found.state.isComplete }
        if !open.isEmpty { folder.forgetMerge() }
        let prepares = prepare && !open.isEmpty && !folder.isPrepared
        if printCommands {
            if prepares { try StandardOutput.print("# before all of them: \(scripts.prepareCommand)") }
            for part in open { try StandardOutput.print(scripts.command(part: part.number)) }
            if folder.merged == nil { try StandardOutput.print("# when all of them are done: \(scripts.mergeCommand)") }
            return
        }
        try StandardOutput.print(PartTally(parts).text)
        if submit { return try submit(open, &folder) }
        let tasks = TaskNumbers(open.map(\.number))
        if !open.isEmpty {
            try StandardOutput.print("Submit with --submit, or by hand:")
            if prepares { try StandardOutput.print("  sbatch \(folder.path)/prepare.sh") }
            let after = prepares ? "--dependency=afterany:JOB " : ""
            try StandardOutput.print("  sbatch \(after)--array=\(tasks) \(folder.path)/part.sh")
        }
        if folder.merged == nil {
            try StandardOutput.print("  sbatch --dependency=afterany:JOB \(folder.path)/merge.sh")
        }
    }

    private func submit(_ open: [PartFolder.Part], _ folder: inout PartFolder) throws {
        guard !open.isEmpty || folder.merged == nil else {
            return try StandardOutput.print("Nothing is left to do: the results are in \(folder.manifest.results)")
        }
        let submissions = folder.manifest.submissions
        let arrays = Set(submissions.compactMap(\.array))
        let queued = try SlurmSite.queue(submissions.flatMap(\.jobs))
        let waiting = Set(queued.filter { arrays.contains($0.number) }.compactMap(\.task))
        var preparing = Set(queued.map(\.number)).intersection(submissions.compactMap(\.prepare))
        let merges = Set(queued.map(\.number)).subtracting(arrays).subtracting(preparing)
        let tasks = TaskNumbers(open.map(\.number).filter { !waiting.contains($0) })
        guard !tasks.numbers.isEmpty || merges.isEmpty else {
            return try StandardOutput.print("All of it is in the queue; see cuneus slurm status \(folder.path)")
        }
        var submission = PartManifest.Submission(
            date: Date.now.formatted(.iso8601), tasks: tasks.description)
        let number = folder.manifest.submissions.count
        if !tasks.numbers.isEmpty {
            if prepare, !folder.isPrepared, preparing.isEmpty {
                let job = try SlurmSite.submit("\(folder.path)/prepare.sh", options: [])
                submission.prepare = job
                preparing = [job]
            }
            // However it ends: parts without its file compute for themselves.
            let first = preparing.sorted().map { ":\($0)" }.joined()
            submission.array = try SlurmSite.submit(
                "\(folder.path)/part.sh",
                options: (first.isEmpty ? [] : ["--dependency=afterany\(first)"]) + ["--array=\(tasks)"])
        }
        // Written down at once: these parts are in the queue, whatever becomes of the merge.
        folder.manifest.submissions.append(submission)
        try folder.manifest.write(in: folder.path)
        // Whatever becomes of the parts: the merge says which are missing.
        let waited = Set(queued.map(\.number)).intersection(arrays).union([submission.array].compactMap { $0 }).sorted()
        let after = waited.map { ":\($0)" }.joined()
        let merge = try SlurmSite.submit(
            "\(folder.path)/merge.sh", options: waited.isEmpty ? [] : ["--dependency=afterany\(after)"])
        folder.manifest.submissions[number].merge = merge
        try folder.manifest.write(in: folder.path)
        try SlurmSite.cancel(merges.sorted())
        let array = submission.array
        if let array {
            let count = tasks.numbers.count
            try StandardOutput.print(
                "Submitted job \(array) (\(count) part\(count == 1 ? "" : "s"): \(tasks)) and job \(merge) (merge)")
        } else {
            try StandardOutput.print("Submitted job \(merge) (merge); no part is left to do")
        }
        try StandardOutput.print(
            "Results: \(folder.manifest.results)\nSee:     cuneus slurm status \(ShellWord.quoted(folder.path))")
    }
}

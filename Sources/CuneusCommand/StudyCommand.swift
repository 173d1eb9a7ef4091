import ArgumentParser
import Cuneus
import Foundation

struct StudyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Analyse a primary study: change within people, groups, correlations; by permutation.",
        discussion: """
            TABLE has a row for each person, or for each person and session (tab or comma separated, as BIDS's participants.tsv):
              participant_id  session_id  image            age  hamd
              sub-01          pre         maps/01_pre.nii  34   22
              sub-01          post        maps/01_post.nii 34   11
            image is the person's contrast map (con, cope, effect; NIfTI or an ANALYZE pair) in MNI space. A folder of derivatives with
            BIDS names (fMRIPrep, FitLins, nilearn) will do as well; --entity chooses among its images. Without images, --values names
            columns that hold values of regions.

            What is asked:
              (nothing)
                  is the mean different from 0?
              --paired session=pre,post
                  do people change? (post minus pre; more sessions: does any differ, F)
              --groups group=therapy,waitlist
                  do groups differ? (first minus second; more groups: does any differ, F)
              --paired session=pre,post --groups group=therapy,waitlist
                  does one group change more? (the controlled change)
              --paired session=pre,post --correlate change:hamd
                  does the map change with the score?
              --paired session=pre,post --correlate baseline:hamd
                  does the map before predict the score's change?
              --correlate age
                  does the map go with a number?
              --correlate age,score
                  does the map go with any of several numbers? (F)
              --covariates age,sex
                  held constant (Freedman and Lane; --nuisance)
              --paired session=pre,post,later --conjunction
                  does every later session (or group) differ from the first, alike?
              --formula 'y ~ group * session + age + (1|subject)'
                  the same as a formula, where permutation can test it

            Signs of people are flipped (one sample, pairs), people are shuffled (groups, correlations), or sessions within people; when
            there are few arrangements all are made (ten people: 1,024 sign flips). p values are corrected for all that was looked at:
            the whole brain, or with --region, --sphere or --mask that volume only (a small-volume correction, and called so).

            Beside the test: --robust (a fit in which outlying people count less), --fdr (false discovery rate), --pareto-tail (finer p of few
            permutations, marked), --reliability (whose value of a region changed more than its measurement errs: a number, or sessions
            between which nothing was done). Sizes have intervals by distribution and by drawing people anew (BCa); changes have d_av
            beside d_z.

            Writes DIR/report.html, maps (t, g, se, beta, n, corrected p), clusters.tsv, peaks.tsv, participants_values.tsv,
            leave_one_out.tsv, limits.tsv and run.json. With --into the whole map becomes an experiment of a project, which cuneus run
            then uses. An interrupted study resumes when the same command is given again.

            Examples:
              cuneus study Examples/pre-post/participants.tsv --paired session=pre,post
              cuneus study Examples/pre-post/participants.tsv \\
                --paired session=pre,post --correlate change:hamd
              cuneus study participants.tsv --only session=post \\
                --groups group=therapy,waitlist --covariates age,sex
              cuneus study participants.tsv --groups group=controls,early,late
              cuneus study participants.tsv --paired session=pre,post \\
                --region 'AAL:Left amygdala' --correction voxel
              cuneus study derivatives/fitlins --entity contrast=fear \\
                --entity stat=effect --paired session=pre,post
              cuneus study values.csv --paired session=pre,post \\
                --values amygdala,hippocampus
              cuneus study values.csv --paired session=pre,post \\
                --values amygdala --reliability session=base1,base2
              cuneus study participants.tsv --paired session=pre,post \\
                --into my_project --experiment smith2026

            Shared among machines, here four with i = 1, 2, 3, 4, then put together:
              cuneus study participants.tsv --correlate age --shard i/4 --out part-i.tsv
              cuneus study participants.tsv --correlate age --part part-1.tsv \\
                --part part-2.tsv --part part-3.tsv --part part-4.tsv
            """)

    @Argument(help: "A table of participants, or a folder of derivatives.", completion: .file()) var table: String

    @OptionGroup(title: "What is asked") var asked: StudyQuestionOptions
    @OptionGroup(title: "Where") var place: StudyPlaceOptions
    @OptionGroup(title: "How it is tested") var test: StudyTestOptions

    @Option(
        help: ArgumentHelp("Folder for the results (default: cuneus-out/<table's name>).", valueName: "dir"),
        completion: .directory)
    var out: String?

    @Option(help: ArgumentHelp("How maps are called: nimare, bids or sdm.", valueName: "names"))
    var naming = MapNaming.nimare

    @Option(
        help: ArgumentHelp("Add the whole map and its peaks to this native project.", valueName: "project"),
        completion: .directory)
    var into: String?

    @Option(help: ArgumentHelp("Name of the experiment in that project.", valueName: "name")) var experiment: String?

    @Option(help: "What the study is called (default: the table's folder).") var name: String?

    @Option(
        help: ArgumentHelp(
            "Make one part of the permutations into the file --out, and stop.", valueName: "i/n"))
    var shard: PermuteCommand.Shard?

    @Option(
        help: ArgumentHelp("A part that was made with --shard; name all (repeatable).", valueName: "file"),
        completion: .file())
    var part: [String] = []

    @Option(help: "Worker threads (default: $SLURM_CPUS_PER_TASK, else all cores).") var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Refuse what would take more memory, GiB (default: what the machine has left).", valueName: "GiB"))
    var memory: Double?

    @Flag(help: "Stop on warnings, not only on errors.") var strict = false

    @Flag(help: "Read and check the input, say what would be tested, and stop.") var check = false

    @Flag(name: .shortAndLong, help: "Print nothing but the result.") var quiet = false

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads); 1 to 1024 can be had.")
        }
        if let memory, !(memory > 0 && memory < 1e6) {
            throw ValidationError("--memory is \(memory); give GiB above 0.")
        }
        if experiment != nil, into == nil { throw ValidationError("--experiment needs --into PROJECT.") }
        if shard != nil, out == nil { throw ValidationError("--shard needs --out FILE, the file of this part.") }
        if shard != nil, !part.isEmpty { throw ValidationError("--shard makes a part, --part takes parts; not both.") }
        if test.reliability != nil, asked.values.isEmpty {
            throw ValidationError("--reliability is for values of regions (--values).")
        }
        if !place.isEmpty, !asked.values.isEmpty {
            throw ValidationError("--values are of regions already; --mask, --region and --sphere are for images.")
        }
    }

    func run() async throws {
        try await Interruption.cancellable { try await perform() }
    }

    @_optimize(none)
    private func perform() async throws {
        let started = Date()
        let opened = try asked.opened(table)
        let (analysis, notices) = try analysis(opened.table, opened.design)
        try tell(notices)
        if check {
            try StandardOutput.print(try StudyCheck(analysis, threads: test.workers(threads).threads).text)
            return
        }
        if let shard, let out {
            let made = try await share(analysis, shard, into: out)
            try StandardOutput.print(made)
            return
        }
        let path = out ?? "cuneus-out/\(ModelFindings.folderName(studyName))"
        if into != nil {
            // Refused before the work, not after it.
            try StudyExperiment.check(analysis, id: experiment ?? ModelFindings.folderName(studyName))
        }
        var folder = try ResultFolder(path)
        folder.naming = naming
        let workers = test.workers(threads)
        folder.workers = workers
        let progress = TerminalProgress(isQuiet: quiet)
        let ledger = StudyLedger(folder.ledgerPath(folder: "study"), of: analysis)
        let parts = part.isEmpty ? nil : try StudyLedger.parts(part, of: analysis)
        let result: StudyResult
        do {
            result = try await analysis.run(workers: workers, progress: progress, ledger: ledger, parts: parts)
        } catch is CancellationError where ledger.isStarted {
            Failure.complain("cuneus: interrupted; the permutations done are kept, and the same command resumes.")
            throw ExitCode(Failure.interruptedCode)
        }
        progress.began("Maps, tables and report", units: 1)
        let machine = MachineRecord(
            started: started, threads: workers.threads, instructionSet: VectorInstructions.best.rawValue)
        try folder.write(result, machine: machine, template: try Templates.load(.t1))
        progress.ended()
        ledger.remove()
        withExtendedLifetime(folder) {}
        try StandardOutput.print(StudyOutline(result).text)
        try StandardOutput.print("\nReport: \(path)/report.html")
        if let into {
            let made = try StudyExperiment(
                result, id: experiment ?? ModelFindings.folderName(studyName), run: path)
            let files = try made.add(to: into)
            try StandardOutput.print("Experiment \(made.id): \(files.joined(separator: ", "))")
        }
    }

    @_optimize(none)
    private func share(_ analysis: StudyAnalysis, _ shard: PermuteCommand.Shard, into file: String) async throws
        -> String
    {
        let lock = try OutputPlace.lock(file: file)
        let made = try await analysis.permute(
            shard: shard.number, of: shard.count, into: file, workers: test.workers(threads),
            progress: TerminalProgress(isQuiet: quiet))
        withExtendedLifetime(lock) {}
        return "permutations \(made.range) of \(made.all) in \(file)\(test.fdr ? " and \(file).counts" : "")"
    }

    /// Bytes that may be used; nil where the system does not tell.
    private var room: Int? { memory.map { Int($0 * 1_073_741_824) } ?? MachineMemory.available }

    private var studyName: String {
        if let name, !name.isEmpty { return name }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: table, isDirectory: &isFolder)
        return Path.projectName(exists && isFolder.boolValue ? table : Path.folder(table))
    }

    private func analysis(
        _ table: ParticipantTable, _ design: ParticipantDesign
    ) throws -> (analysis: StudyAnalysis, notices: [Notice]) {
        if !asked.values.isEmpty {
            let regions = try ParticipantRegions(asked.values, of: design, table: table)
            guard
                var analysis = StudyAnalysis(
                    name: studyName, design, table: table, regions: regions, choices: test.choices)
            else { throw InputError("--values names no column.") }
            analysis.reliabilityAsked = try test.reliability(of: asked.values, in: table, design)
            return (analysis, table.notices + design.notices + regions.notices)
        }
        guard table.hasImages else {
            throw InputError(
                at: SourceLocation(file: self.table), "the table has no column of images.",
                remedy:
                    "Call it image (or name it with --image-column), or name columns of region values with --values.")
        }
        let threads = test.workers(threads).threads
        let room = room
        // Told before the images are read: of regions and spheres at most what reading alone takes.
        let images = try ParticipantImages(design, area: place.area) { mask in
            let needed = StudyMemory(
                design, test.choices, grid: mask.grid.count, voxels: mask.count,
                tested: place.hasSmallVolume ? 0 : mask.count, threads: threads)
            try needed.check(room)
            if !quiet, !check { StandardError.write("cuneus: \(needed.words)\n") }
        }
        let found = try place.restrict(images)
        let analysis = StudyAnalysis(
            name: studyName, design, table: table, images: found.images, area: found.area, choices: test.choices,
            places: PlaceNamer(AtlasSet.installed()))
        return (analysis, table.notices + design.notices + images.notices)
    }

    private func tell(_ notices: [Notice]) throws {
        let notices = strict ? notices.strict() : notices
        let report = NoticeReport(notices)
        if report.errors > 0 {
            Failure.complain(report.text)
            throw ExitCode(Failure.inputCode)
        }
        if !quiet, report.warnings > 0 {
            let warnings = NoticeReport(notices.filter { $0.severity == .warning })
            Failure.complain(warnings.foldedText.split(separator: "\n").dropLast().joined(separator: "\n"))
        }
    }
}

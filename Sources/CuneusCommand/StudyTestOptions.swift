public import ArgumentParser
public import Cuneus
import Foundation

/// How a study is tested.
struct StudyTestOptions: ParsableArguments {
    enum Statistic: String, CaseIterable, ExpressibleByArgument {
        case t, welch
        case pseudoT = "pseudo-t"
    }

    @Option(
        help: ArgumentHelp(
            "Rearrangements; all of them are made where there are no more.", valueName: "number"))
    var permutations = 5_000

    @Option(help: "Seed of the drawn ones.") var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "t; welch (each group its own variance); pseudo-t (variance smoothed, for few people).",
            valueName: "statistic"))
    var statistic = Statistic.t

    @Option(help: ArgumentHelp("Smoothing of the variance for pseudo-t, full width at half maximum.", valueName: "mm"))
    var varianceSmoothing = 8.0

    @Option(
        help: ArgumentHelp(
            "By which corrected p findings are called: tfce, voxel, size or mass (all are written).",
            valueName: "correction"))
    var correction = StudyChoices.Correction.tfce

    @Option(help: ArgumentHelp("One-sided p below which voxels form clusters.", valueName: "p")) var clusterP = 0.001

    @Option(help: ArgumentHelp("Corrected p up to which a place is a finding.", valueName: "p")) var level = 0.05

    @Option(
        help: ArgumentHelp(
            "Fewest images with a value at a voxel (default: four in five).", valueName: "number"))
    var minimum: Int?

    enum Nuisance: String, CaseIterable, ExpressibleByArgument {
        case freedmanLane = "freedman-lane"
        case draperStoneman = "draper-stoneman"
    }

    @Option(
        help: ArgumentHelp(
            "How covariates are held constant: freedman-lane (residuals are moved) or draper-stoneman (the tested column is).",
            valueName: "method"))
    var nuisance = Nuisance.freedmanLane

    @Flag(
        help:
            "Fit by Tukey's bisquare as well, in which outlying people count less: maps, t at places, each one's weight."
    )
    var robust = false

    @Flag(help: "Give q of the false discovery rate as well (a map, a column).")
    var fdr = false

    @Flag(
        help:
            "Continue the tail of few permutations (generalised Pareto); such p are marked as extrapolated, and call no findings."
    )
    var paretoTail = false

    @Flag(
        help:
            "Of three or more sessions or groups: where does each other one differ from the first, in the same direction? Of several numbers: where has each a slope?"
    )
    var conjunction = false

    @Option(
        help: ArgumentHelp(
            "With --values and two sessions: whose change is reliable? The values' reliability (0 to 1), or sessions without treatment.",
            valueName: "number or column=a,b"))
    var reliability: String?

    func validate() throws {
        guard (1...10_000_000).contains(permutations) else {
            throw ValidationError("--permutations is \(permutations); 1 to 10,000,000 can be had.")
        }
        guard clusterP > 0, clusterP < 0.5 else { throw ValidationError("--cluster-p is between 0 and 0.5.") }
        guard level > 0, level < 1 else { throw ValidationError("--level is between 0 and 1.") }
        guard varianceSmoothing > 0, varianceSmoothing <= 50 else {
            throw ValidationError("--variance-smoothing is above 0 and at most 50 mm.")
        }
        if let minimum, minimum < 2 { throw ValidationError("--minimum is at least 2.") }
    }

    var choices: StudyChoices {
        let kind: StudyStatistic =
            switch statistic {
            case .t: .classical
            case .welch: .unequalVariances
            case .pseudoT: .smoothedVariance(fwhm: varianceSmoothing)
            }
        return StudyChoices(
            permutations: permutations, seed: seed, statistic: kind, correction: correction, clusterP: clusterP,
            level: level, minimumMaps: minimum,
            nuisance: nuisance == .freedmanLane ? .freedmanLane : .draperStoneman, isRobust: robust,
            countsFalseDiscoveries: fdr, continuesTail: paretoTail, isConjunction: conjunction)
    }

    /// Whose change is to be called reliable; nil where it is not asked.
    func reliability(
        of regions: [String], in table: ParticipantTable, _ design: ParticipantDesign
    ) throws -> StudyAnalysis.Reliability? {
        guard let reliability else { return nil }
        guard design.sessions.count == 2 else {
            throw InputError(
                "--reliability is about a change between two sessions.",
                remedy: "Add for example --paired session=pre,post.")
        }
        if let number = Double(reliability) {
            guard number >= 0, number < 1 else {
                throw InputError(
                    "--reliability is \(reliability); 0 up to below 1 can be had.", remedy: "Write for example 0.8.")
            }
            return .stated(number)
        }
        return .repeated(
            try ParticipantRepeats(
                try StudyLevels(reliability, option: "--reliability", counts: 2...100), of: regions, table: table))
    }

    func workers(_ threads: Int?) -> Workers {
        let slurm = ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"].flatMap(Int.init)
            .flatMap { (1...1024).contains($0) ? $0 : nil }
        return Workers(threads: threads ?? slurm ?? ProcessInfo.processInfo.activeProcessorCount)
    }
}

extension StudyChoices.Correction: ExpressibleByArgument {}

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
            level: level, minimumMaps: minimum)
    }

    func workers(_ threads: Int?) -> Workers {
        let slurm = ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"].flatMap(Int.init)
            .flatMap { (1...1024).contains($0) ? $0 : nil }
        return Workers(threads: threads ?? slurm ?? ProcessInfo.processInfo.activeProcessorCount)
    }
}

extension StudyChoices.Correction: ExpressibleByArgument {}

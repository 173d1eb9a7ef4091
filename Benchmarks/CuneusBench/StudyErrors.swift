import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Family-wise error of a primary study on smooth noise.
struct StudyErrors: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study-errors",
        abstract: "How often a primary study finds something where nothing is, by voxel, TFCE, cluster size and mass.")

    @Option(help: "People (repeatable).")
    var subjects = [10, 20, 40]

    @Option(help: "Smoothness in mm (repeatable).")
    var fwhm = [6.0, 12.0]

    @Option(help: "oneSample, twoSample or regression (repeatable).")
    var question = PrimaryStudyErrors.Question.allCases.map(\.rawValue)

    @Option(help: "Data sets of a cell.")
    var sets = 1000

    @Option(help: "Most worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        for name in question where PrimaryStudyErrors.Question(rawValue: name) == nil {
            throw ValidationError("--question \(name) is none of oneSample, twoSample, regression")
        }
    }

    @_optimize(none)
    func run() async throws {
        var table = MarkdownTable(["question", "people", "smoothness", "data sets", "voxel", "TFCE", "size", "mass"])
        for name in question {
            guard let question = PrimaryStudyErrors.Question(rawValue: name) else { continue }
            for people in subjects {
                for width in fwhm {
                    let errors = PrimaryStudyErrors(question, subjects: people, fwhm: width, sets: sets)
                    guard let found = try await errors.run(workers: Workers(threads: threads)) else { continue }
                    let shares = [NullDistribution.Statistic.voxel, .tfce, .size, .mass].map {
                        WilsonShare(found.counts[$0] ?? 0, of: found.sets).words
                    }
                    table.add([name, "\(people)", "\(fixed(width, 0)) mm", "\(found.sets)"] + shares)
                }
            }
        }
        print(table.text)
    }
}

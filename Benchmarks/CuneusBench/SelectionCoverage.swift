import ArgumentParser
import Foundation
import Simulation

/// What the three-parameter selection model does on studies whose truth, and whose selection, is known.
struct SelectionCoverage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selection-coverage",
        abstract: "How often intervals of the selection model hold the truth (k = 5, 10, 30; tau = 0, .2, .5).",
        discussion: "Every cell is told on standard error as it is done; cells can be run one by one.")

    @Option(help: "Published studies of a table (repeatable).")
    var studies = [5, 10, 30]

    @Option(help: "Standard deviation of true effects (repeatable).")
    var tau = [0, 0.2, 0.5]

    @Option(help: "Mean of true effects.")
    var effect = 0.3

    @Option(help: "Chance that a result that is not significant is published; 1: no selection (repeatable).")
    var published = [0.2]

    @Option(help: "Tables of a cell.")
    var replicates = 200

    @Option(help: "Seed.")
    var seed: UInt64 = 1

    @Option(help: "Worker threads; the answer is the same for any number.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard replicates >= 1, threads >= 1, studies.allSatisfy({ $0 >= 3 }), tau.allSatisfy({ $0 >= 0 }) else {
            throw ValidationError("Needs a replicate, a thread, 3 studies, and no tau below 0.")
        }
        guard published.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
            throw ValidationError("--published is a chance above 0, at most 1.")
        }
    }

    @_optimize(none)
    func run() async throws {
        var table = MarkdownTable([
            "S", "τ", "c", "bias REML", "bias model", "RMSE REML", "RMSE model", "coverage REML", "Wald", "profile",
            "selection found", "not fitted",
        ])
        for chance in published {
            for count in studies {
                for spread in tau {
                    let simulation = SelectionSimulation(
                        studies: count, effect: effect, tau: spread, published: chance, seed: seed)
                    let start = ContinuousClock.now
                    let summary = SelectionSimulation.Summary(await results(simulation))
                    let row = ["\(count)", "\(spread)", "\(chance)"] + Self.cells(summary)
                    table.add(row)
                    let seconds = (ContinuousClock.now - start) / .seconds(1)
                    FileHandle.standardError.write(
                        Data("\(row.joined(separator: " | ")) (\(fixed(seconds, 0)) s)\n".utf8))
                }
            }
        }
        print("Mean effect \(effect), \(replicates) tables a row, seed \(seed)\n")
        print(table.text)
    }

    /// Of all replicates, in order.
    private func results(_ simulation: SelectionSimulation) async -> [SelectionSimulation.Result?] {
        let (count, threads) = (replicates, threads)
        return await withTaskGroup(of: [(Int, SelectionSimulation.Result?)].self) { group in
            for thread in 0..<min(threads, count) {
                group.addTask {
                    stride(from: thread, to: count, by: threads).map { ($0, simulation.result(replicate: $0)) }
                }
            }
            var all: [(Int, SelectionSimulation.Result?)] = []
            for await own in group { all += own }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func cells(_ summary: SelectionSimulation.Summary) -> [String] {
        func share(_ value: Double) -> String {
            "\(fixed(value, 3)) ± \(fixed(summary.standardError(ofShare: value), 3))"
        }
        let errors = [summary.biasWithout, summary.bias, summary.errorWithout, summary.error].map { fixed($0, 3) }
        let shares = [summary.coverageWithout, summary.coverageWald, summary.coverageProfile].map(share)
        return errors + shares + [fixed(summary.detected, 3), "\(summary.unfitted)"]
    }
}

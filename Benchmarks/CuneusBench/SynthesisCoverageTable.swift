import ArgumentParser
import Foundation
import Simulation

/// Coverage of pooled effects' intervals, and what the selection model does, on studies with a known truth.
struct SynthesisCoverageTable: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesis-coverage",
        abstract: "How often intervals of pooled region-level results hold the truth (k = 5, 10, 30; tau = 0, .2, .5).")

    @Option(help: "Replicates of a cell.")
    var replicates = 1000

    @Option(help: "Seed.")
    var seed: UInt64 = 1

    func run() throws {
        let simulation = SynthesisCoverage(replicates: replicates, seed: seed)
        var table = MarkdownTable(["method", "studies", "tau", "coverage, %", "mean width"])
        for method in SynthesisCoverage.Method.allCases {
            for studies in [5, 10, 30] {
                for tau in [0, 0.2, 0.5] {
                    let cell = simulation.cell(method, studies: studies, tau: tau)
                    let coverage = "\(fixed(100 * cell.coverage, 1)) ± \(fixed(100 * cell.coverageError, 1))"
                    table.add([method.rawValue, "\(studies)", fixed(tau, 1), coverage, fixed(cell.meanWidth, 3)])
                }
            }
        }
        print(table.text)
    }
}

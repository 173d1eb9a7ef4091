import Evidence
import Imaging
import Simulation
import Statistics
import TestSupport
import Testing

/// The studies that the gate of the agreement test is judged on. A failure would mean that the gate judges another situation than
/// its name says.
@Suite("Tables of the gate")
struct GateTablesTests {
    private static let mask = Head.mask

    private static func cell(_ name: String) throws -> GateCell { try #require(GateCell.all.first { $0.name == name }) }

    private static func tables(_ name: String, replicate: Int = 0) throws -> GateTables.Tables {
        try GateTables(cell(name), mask: mask).tables(replicate: replicate)
    }

    @Test("Names are unique and fit for files")
    func names() {
        let names = GateCell.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } })
    }

    @Test("Each cell prints what its name says")
    func printed() throws {
        let increases = try Self.tables("increases-10mm-k80").experiments
        #expect(increases.count == 20)
        #expect(increases.flatMap(\.peaks).allSatisfy { $0.height.sign > 0 })
        let both = try Self.tables("both-k0").experiments.flatMap(\.peaks)
        #expect(both.contains { $0.height.sign < 0 } && both.contains { $0.height.sign > 0 })
        #expect(try Self.tables("signs-1").experiments.flatMap(\.peaks).allSatisfy { $0.height == .positive })
        #expect(Set(try Self.tables("unequal").experiments.map(\.n1)) == [8, 12, 16, 20, 30, 45, 60])
        #expect(try Self.tables("maps-20").maps.count { $0 != nil } == 4)
        #expect(Set(try Self.tables("shared").experiments.map(\.sample)).count == 10)
        #expect(try Self.tables("two-groups").experiments.allSatisfy { $0.n1 == 20 && $0.n2 == 20 })
        #expect(try Self.tables("correlations").experiments.allSatisfy { $0.measure == .correlation })
    }

    @Test("Half coverage: ten studies of twenty, and no peak of theirs outside")
    func coverage() throws {
        let tables = try Self.tables("half")
        #expect(tables.coverages.count { $0 != nil } == 10)
        for (experiment, coverage) in zip(tables.experiments, tables.coverages) {
            guard let coverage else { continue }
            for peak in experiment.peaks {
                let position = try #require(Head.position(peak.mni, in: Self.mask))
                #expect(coverage[position])
            }
        }
    }

    /// Without it the cell would judge a covariate that has nothing to be adjusted for.
    @Test("A covariate beside a nuisance follows it by .5, and both are given")
    func nuisance() throws {
        let cell = try Self.cell("covariate-nuisance-40")
        let gate = GateTables(cell, mask: Self.mask)
        var products: [Double] = []
        for replicate in 0..<4 {
            for experiment in gate.tables(replicate: replicate).experiments {
                guard case .number(let tested) = experiment.covariates["x"],
                    case .number(let nuisance) = experiment.covariates["nuisance"]
                else { Issue.record("a covariate is missing"); continue }
                // The nuisance is uniform on −1…1: variance a third.
                products.append(tested * nuisance * 3.0.squareRoot())
            }
        }
        let correlation = products.reduce(0, +) / Double(products.count)
        // 160 products of standard error .09 or so.
        #expect(abs(correlation - 0.5) < 0.25)
    }

    /// Without an effect the share of voxels beyond p < .001 is that: the mean over 10 studies' maps of some 200 independent
    /// places. A wrong standard error would change it by a multiple.
    @Test(
        "t maps of groups, correlations and second contrasts have the distribution of t",
        arguments: ["two-groups", "correlations", "shared"])
    func distribution(name: String) throws {
        var cell = try Self.cell(name)
        cell.design.studies = 10
        cell.mapShare = 1
        let tables = GateTables(cell, mask: Self.mask).tables(replicate: 1)
        var beyond = 0
        var count = 0
        for (experiment, map) in zip(tables.experiments, tables.maps) {
            let scale = experiment.scale
            let limit = scale.g(
                fromT: StudentT(degreesOfFreedom: experiment.degreesOfFreedom).quantile(upperTail: 0.025))
            for g in try #require(map) {
                beyond += abs(Double(g)) > limit ? 1 : 0
                count += 1
            }
        }
        // 5 %; about 2,000 independent values have a standard error of .5 %.
        #expect(abs(Double(beyond) / Double(count) - 0.05) < 0.02)
    }

    @Test("A replicate is the same again, and another one is another")
    func repeated() throws {
        #expect(try Self.tables("both-k80").experiments == Self.tables("both-k80").experiments)
        #expect(try Self.tables("both-k80").experiments != Self.tables("both-k80", replicate: 1).experiments)
    }
}

import Foundation
import Statistics
import Synthesis
import TestSupport
import Testing

/// Individual data of placebo studies (Zunhammer et al., CC0): pain ratings under placebo and control, people within studies.
///
/// Two stages, a mean change with its error per study, then a random-effects model, against one stage, all people in one model with
/// the same random effect of studies. With each study's own variance of changes the two are the same likelihood, so that a difference would
/// be a fault of either engine. nlme, which estimates the variances of the studies along with the rest, differs by what they are unsure of.
@Suite(
    "Individual data of placebo studies, in one stage and in two",
    .enabled(if: Shelf.file("data/regions/placebo_nps_ipd/ipd.csv") != nil, Shelf.absence))
struct IndividualDataTests {
    private struct Study {
        var name: String
        var changes: [Double]

        var mean: Double { changes.reduce(0, +) / Double(changes.count) }
        var variance: Double {
            changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(changes.count - 1)
        }
    }

    /// Placebo minus control of everybody who has both, by study.
    private func studies(_ column: String) throws -> [Study] {
        let path = try #require(Shelf.file("data/regions/placebo_nps_ipd/ipd.csv"))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
        let header = lines[0].split(separator: ",").map(String.init)
        let place = try #require(header.firstIndex(of: column))
        var values: [String: [String: [String: Double]]] = [:]
        for line in lines.dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard cells[1] == "within", cells[2] == "0", let value = Double(cells[place]), value.isFinite else {
                continue
            }
            values[cells[0], default: [:]][cells[4], default: [:]][cells[3]] = value
        }
        return values.sorted { $0.key < $1.key }.compactMap { name, people in
            let changes = people.sorted { $0.key < $1.key }.compactMap { _, both -> Double? in
                guard let placebo = both["placebo"], let control = both["control"] else { return nil }
                return placebo - control
            }
            return changes.count > 2 ? Study(name: name, changes: changes) : nil
        }
    }

    /// metafor 3.8-1, `rma(mean, variance/n)`, and nlme 3.1, `lme(change ~ 1, random = ~1 | study, weights = varIdent(form = ~1 | study))`.
    @Test("Two stages are metafor's; one stage is the same with variances held, and near nlme's with them estimated")
    func ratings() throws {
        let studies = try studies("rating")
        #expect(studies.count == 15)
        #expect(studies.map(\.changes.count).reduce(0, +) == 396)
        let two = try MetaRegression(
            effects: studies.map(\.mean), variances: studies.map { $0.variance / Double($0.changes.count) },
            estimator: .reml, test: .wald)
        #expect(abs(two.coefficients[0] - -7.007187309) < 1e-6)
        #expect(abs(two.coefficient(0).standardError - 1.734999795) < 1e-6)
        #expect(abs(two.tau2 - 40.48210075) < 1e-4)

        let people = studies.flatMap { study in study.changes.map { (study.name, $0, study.variance) } }
        let one = try MultilevelModel(
            effects: people.map(\.1), sampling: SamplingCovariance(variances: people.map(\.2)),
            random: [RandomEffect("study", groups: people.map(\.0))], method: .reml)
        #expect(abs(one.coefficients[0] - two.coefficients[0]) < 1e-6)
        #expect(abs(one.standardErrors[0] - two.coefficient(0).standardError) < 1e-6)
        #expect(abs(one.groupCovariances[0][0, 0] - two.tau2) < 1e-4)

        #expect(abs(one.coefficients[0] - -6.993599896) < 0.02)
        #expect(abs(one.standardErrors[0] - 1.730807662) < 0.01)
    }
}

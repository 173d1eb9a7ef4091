import Evidence
import Foundation
import Inference
import SeedBasedMapping

/// `null.tsv`: the largest statistics of every permutation.
struct NullTable {
    let null: NullDistribution
    /// Of the standardised maps, where they are tested too.
    let standardised: NullDistribution?

    init(_ test: FamilyWiseResult) {
        null = test.null
        standardised = test.standardised
    }

    /// SDM-PSI's `fwe/maxsMinsZ.asc`: a row per permutation, the unpermuted data first; largest z, largest −z, largest TFCE
    /// score of both signs.
    var maxsMinsZ: String {
        null.maxima.map { row in
            let values = [NullDistribution.Statistic.voxel, .tfce].flatMap { statistic in
                NullDistribution.Tail.allCases.map { String(format: "%.6f", row.value(statistic, $0)) }
            }
            return values.joined(separator: " ") + " \n"
        }.joined()
    }

    /// Permutation 0 is the unpermuted data.
    var table: TextTable {
        let columns = NullDistribution.Tail.allCases.flatMap { tail in
            NullDistribution.Statistic.allCases.map { (statistic: $0, tail: tail) }
        }
        func cells(_ row: NullDistribution.Maxima) -> [String] {
            columns.map { NumberText.shortest(row.value($0.statistic, $0.tail)) }
        }
        let names = columns.map { "\($0.statistic.column)_\($0.tail.rawValue)" }
        return TextTable(
            header: ["permutation"] + names.map { "max_\($0)" }
                + (standardised == nil ? [] : names.map { "max_standardised_\($0)" }),
            rows: null.maxima.enumerated().map { number, row in
                [String(number)] + cells(row) + (standardised.map { cells($0.maxima[number]) } ?? [])
            })
    }
}

import Comparison
import Figures
import Foundation
import SeedBasedMapping

/// The bright end of the colours, one for all pictures of a statistic in a report: a colour means the same wherever it is seen, and noise
/// does not glow like a finding because its map has nothing stronger.
struct ReportScale {
    /// Of z of effects.
    let effects: Double
    /// Of z of convergence: ALE, MKDA and their kin.
    let convergence: Double

    /// |z| up to about 4 is what chance gives somewhere in a whole brain; a scale never ends below this.
    static let least = 5.0

    init(_ run: RunResults) {
        func largest(_ maps: some Sequence<[Float]>) -> Double {
            maps.reduce(0) { most, map in
                max(most, map.lazy.filter(\.isFinite).reduce(0) { max($0, Double(abs($1))) })
            }
        }
        func end(_ value: Double) -> Double { max(Self.least, value.upToHalf) }
        effects = end(largest(run.models.lazy.map(\.result.maps.z)))
        convergence = end(largest(run.comparisons.lazy.flatMap(\.results).map(\.z)))
    }
}

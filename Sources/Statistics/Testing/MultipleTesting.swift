import Foundation

/// Corrections that need nothing but the p values, on their logarithms: no underflow however small p is.
public enum MultipleTesting: String, Sendable, CaseIterable {
    /// p times the number of voxels.
    case bonferroni
    /// Benjamini–Hochberg: false discovery rate under independence or positive dependence.
    case benjaminiHochberg
    /// Benjamini–Yekutieli: under any dependence.
    case benjaminiYekutieli

    /// ln of the corrected p of each.
    public func corrected(logP: [Double]) -> [Double] {
        let m = Double(logP.count)
        if self == .bonferroni { return logP.map { min(0, $0 + log(m)) } }
        let penalty = self == .benjaminiYekutieli ? log((1...max(logP.count, 1)).reduce(0) { $0 + 1 / Double($1) }) : 0
        let order = logP.indices.sorted { logP[$0] < logP[$1] }
        var result = logP
        var smallest = 0.0
        for rank in order.indices.reversed() {
            smallest = min(smallest, logP[order[rank]] + log(m / Double(rank + 1)) + penalty)
            result[order[rank]] = smallest
        }
        return result
    }
}

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

    var correction: MapName.Correction { self == .bonferroni ? .fwe : .fdr }

    var method: String {
        switch self {
        case .bonferroni: "bonferroni"
        case .benjaminiHochberg: "indep"
        case .benjaminiYekutieli: "negcorr"
        }
    }
}

extension ConvergenceResult {
    /// p, z and −log₁₀ p over all voxels of the mask.
    ///
    /// z is that of a two-sided p, as NiMARE writes these maps (its other maps are one-sided).
    public func corrected(_ testing: MultipleTesting) -> ConvergenceMaps {
        var maps = ConvergenceMaps(mask: self.maps.mask)
        maps.setSigned(
            logP: testing.corrected(logP: logP), sign: [Float](repeating: 1, count: logP.count), label: nil,
            correction: testing.correction, method: testing.method)
        return maps
    }
}

extension MKDAChi2.Outcome {
    /// Benjamini–Hochberg for each of the four tests.
    public func falseDiscoveryRate() -> ConvergenceMaps {
        var result = ConvergenceMaps(mask: maps.mask)
        for test in MKDAChi2.Test.allCases {
            guard let values = signed[test] else { continue }
            result.setSigned(
                logP: MultipleTesting.benjaminiHochberg.corrected(logP: values.map { ChiSquare.logP(abs($0)) }),
                sign: maps[MapName(.z, label: test.rawValue)] ?? [], label: test.rawValue, level: .voxel,
                correction: .fdr, method: "indep")
        }
        return result
    }
}

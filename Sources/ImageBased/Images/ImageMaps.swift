import Foundation
public import Imaging
public import Inference
public import Statistics

/// The maps of an image-based method, one value per mask voxel each, unthresholded; NaN where too few studies are.
public struct ImageMaps: Sendable {
    public var mask: Mask
    /// In the order they were made.
    public private(set) var names: [MapName] = []
    private var values: [MapName: [Float]] = [:]
    /// Remarks for the user, such as how many voxels could not be fitted.
    public var notes: [String] = []

    public init(mask: Mask) { self.mask = mask }

    public subscript(_ name: MapName) -> [Float]? {
        get { values[name] }
        set {
            if newValue == nil { names.removeAll { $0 == name } } else if values[name] == nil { names.append(name) }
            values[name] = newValue
        }
    }

    public subscript(_ value: MapName.Value) -> [Float]? {
        get { self[MapName(value)] }
        set { self[MapName(value)] = newValue }
    }

    /// By NiMARE's name, e.g. `z_level-voxel_corr-FWE_method-montecarlo`.
    public subscript(nimare name: String) -> [Float]? {
        names.first { $0.nimare == name }.flatMap { values[$0] }
    }

    /// On the grid; NaN outside the mask and where there is no value.
    public func volume(_ name: MapName) -> Volume? { self[name].map { mask.scatter($0, background: .nan) } }

    public mutating func merge(_ other: ImageMaps) {
        for name in other.names { self[name] = other[name] }
        notes += other.notes
    }

    /// ln of the two-sided p of every voxel, from z and so without underflow; NaN where there is none.
    public var logP: [Double]? {
        self[.z].map { z in
            z.map { $0.isNaN ? .nan : min(0, LogProbability.upperTail(Double(abs($0))) + 0.693147180559945309417) }
        }
    }

    /// p, z (with the sign of the uncorrected z) and −log₁₀ p, corrected over all voxels that have a value.
    public func corrected(_ testing: MultipleTesting) -> ImageMaps? {
        guard let logP, let z = self[.z] else { return nil }
        let present = logP.indices.filter { !logP[$0].isNaN }
        let corrected = testing.corrected(logP: present.map { logP[$0] })
        var result = ImageMaps(mask: mask)
        var all = [Double](repeating: .nan, count: logP.count)
        for (place, voxel) in present.enumerated() { all[voxel] = corrected[place] }
        let isFWE = testing == .bonferroni
        let method =
            switch testing {
            case .bonferroni: "bonferroni"
            case .benjaminiHochberg: "indep"
            case .benjaminiYekutieli: "negcorr"
            }
        result.setProbabilities(logP: all, sign: z, level: nil, correction: isFWE ? .fwe : .fdr, method: method)
        return result
    }

    /// p, z and −log₁₀ p of two-sided p values given as ln p.
    mutating func setProbabilities(
        logP: [Double], sign: [Float], label: String? = nil, level: MapName.Level?,
        correction: MapName.Correction?, method: String?
    ) {
        func name(_ value: MapName.Value) -> MapName {
            MapName(value, label: label, level: level, correction: correction, method: method)
        }
        var known: [Double: (p: Float, z: Float, logp: Float)] = [:]
        var p = [Float](repeating: .nan, count: logP.count)
        var z = p
        var logp = p
        for (voxel, value) in logP.enumerated() where !value.isNaN {
            let row =
                known[value]
                ?? (
                    LogProbability.p(value), Float(LogProbability.twoSided(value)),
                    Float(LogProbability.minusLog10(value))
                )
            known[value] = row
            p[voxel] = row.p
            z[voxel] = sign[voxel] < 0 ? -row.z : row.z
            logp[voxel] = row.logp
        }
        self[name(.p)] = p
        self[name(.z)] = z
        self[name(.logp)] = logp
    }
}

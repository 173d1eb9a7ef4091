import Foundation
public import Imaging
public import Inference
import Statistics

/// The maps of a convergence method, one value per mask voxel each, unthresholded.
public struct ConvergenceMaps: Sendable {
    public var mask: Mask
    /// In the order they were made.
    public private(set) var names: [MapName] = []
    private var values: [MapName: [Float]] = [:]

    public init(mask: Mask) { self.mask = mask }

    public subscript(_ name: MapName) -> [Float]? {
        get { values[name] }
        set {
            if newValue == nil { names.removeAll { $0 == name } } else if values[name] == nil { names.append(name) }
            values[name] = newValue
        }
    }

    /// By NiMARE's name, e.g. `z_desc-size_level-cluster_corr-FWE_method-montecarlo`.
    public subscript(nimare name: String) -> [Float]? {
        names.first { $0.nimare == name }.flatMap { values[$0] }
    }

    public func volume(_ name: MapName) -> Volume? { self[name].map { mask.scatter($0) } }

    public mutating func merge(_ other: ConvergenceMaps) {
        for name in other.names { self[name] = other[name] }
    }

    /// p, z (one-sided, 0 where p exceeds one half) and −log₁₀ p from ln p.
    mutating func setProbabilities(
        logP: [Double], label: String? = nil, level: MapName.Level? = nil, correction: MapName.Correction? = nil,
        method: String? = nil, includesP: Bool = true
    ) {
        func name(_ value: MapName.Value) -> MapName {
            MapName(value, label: label, level: level, correction: correction, method: method)
        }
        var known: [Double: (Float, Float, Float)] = [:]
        var p = [Float](repeating: 1, count: logP.count)
        var z = [Float](repeating: 0, count: logP.count)
        var logp = z
        for (voxel, value) in logP.enumerated() where value != 0 {
            let row: (Float, Float, Float)
            if let found = known[value] {
                row = found
            } else {
                row = (
                    LogProbability.p(value), Float(LogProbability.oneSided(value)), Float(-value / 2.302585092994045684)
                )
                known[value] = row
            }
            (p[voxel], z[voxel], logp[voxel]) = row
        }
        if includesP { self[name(.p)] = p }
        self[name(.z)] = z
        self[name(.logp)] = logp
    }
}

import Evidence
import Figures
import Inference
import Statistics

/// How the corrected statistics are called in file names, columns and prose.
extension NullDistribution.Statistic {
    /// The part of a file name that says what was corrected; NiMARE's words.
    var entities: String {
        switch self {
        case .voxel: "level-voxel"
        case .tfce: "desc-tfce"
        case .size: "desc-size_level-cluster"
        case .mass: "desc-mass_level-cluster"
        }
    }

    /// Of the z map cut at the corrected level. A name has one `desc`, so it holds both words.
    var thresholdedName: String {
        switch self {
        case .voxel: "z_desc-thresholded_level-voxel_corr-FWE"
        case .tfce: "z_desc-thresholdedTfce_corr-FWE"
        case .size: "z_desc-thresholdedSize_level-cluster_corr-FWE"
        case .mass: "z_desc-thresholdedMass_level-cluster_corr-FWE"
        }
    }

    /// In `null.tsv`, after `max_`.
    var column: String { self == .voxel ? "z" : rawValue }

    var words: String {
        switch self {
        case .voxel: "voxel height z"
        case .tfce: "TFCE"
        case .size: "cluster size"
        case .mass: "cluster mass"
        }
    }

    /// A value as readers expect it.
    func pretty(_ value: Float) -> String {
        switch self {
        case .voxel: PrettyNumber.fixed(Double(value), 2)
        case .size: PrettyNumber.count(Int(saturating: Double(value)))
        case .tfce, .mass: PrettyNumber.fixed(Double(value), value < 100 ? 1 : 0)
        }
    }
}

extension NullDistribution.Tail {
    init(sign: Int) { self = sign < 0 ? .negative : .positive }

    var words: String { self == .positive ? "above zero" : "below zero" }
}

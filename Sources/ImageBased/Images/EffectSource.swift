/// Where a study's effect and its variance come from at a voxel.
enum EffectSource: Sendable {
    /// Two images.
    case images(effects: ImageRows, variances: ImageRows)
    /// One image of a statistic x: the effect is gain·x and its variance constant + quadratic·x² ([studies][3]).
    case statistic(ImageRows, gains: [Double])

    var effects: ImageRows {
        switch self {
        case .images(let effects, _): effects
        case .statistic(let rows, _): rows
        }
    }

    /// Read only where there are no gains.
    var variances: ImageRows {
        switch self {
        case .images(_, let variances): variances
        case .statistic(let rows, _): rows
        }
    }

    var gains: [Double]? {
        if case .statistic(_, let gains) = self { return gains }
        return nil
    }

    /// nil where the study is missing.
    func callAsFunction(_ study: Int, _ voxel: Int) -> (effect: Double, variance: Double)? {
        var effect = Double(effects[study][voxel])
        var variance = Double(variances[study][voxel])
        if let gains {
            variance = gains[3 * study + 1] + gains[3 * study + 2] * (effect * effect)
            effect *= gains[3 * study]
        }
        return effect.isFinite && variance > 0 && variance.isFinite ? (effect, variance) : nil
    }
}

import Cuneus

/// The gate of statistic maps for images given by themselves: what `cuneus check` asks of a project's.
enum SingleImage {
    /// - Parameters:
    ///   - scale: nil where nobody said the sample size.
    ///   - isMap: whether a thresholded image is refused.
    /// - Throws: for an image that is not what it is said to be; what is odd about it is told on standard error.
    static func check(
        _ image: NIfTIImage, path: String, as statistic: MapStatistic, scale: EffectScale?, isMap: Bool = true
    ) throws {
        try statistic.check(image.intent, of: path, degreesOfFreedom: scale?.degreesOfFreedom)
        let brain = Mask(try Templates.load(.brainMask))
        let notices =
            StatisticMapGate.notices(of: image, path: path)
            + (try MapPlausibility(statistic, scale: scale, path: path).check(
                MapValues(image, mask: brain), isMap: isMap))
        for notice in notices {
            Failure.complain("cuneus: \(notice.message) \(notice.remedy ?? "")")
        }
    }
}

extension Array where Element == Float {
    /// Averaged with the neighbours along every axis of a grid, weights ¼ ½ ¼; beyond the ends counts as 0.
    ///
    /// - Parameter steps: from a value to its neighbour, of every axis.
    func softened(along steps: [Int]) -> [Float] {
        var result = self
        for step in steps {
            let before = result
            for n in before.indices {
                let low = n >= step ? before[n - step] : 0
                let high = n + step < before.count ? before[n + step] : 0
                result[n] = 0.25 * low + 0.5 * before[n] + 0.25 * high
            }
        }
        return result
    }
}

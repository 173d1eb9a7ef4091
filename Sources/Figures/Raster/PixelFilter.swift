/// What a row of a PNG file is told by: differences from what stands before or above, which compress better than pixels.
enum PixelFilter: UInt8 {
    case none = 0
    /// From the pixel to the left.
    case sub = 1
    /// From the pixel above.
    case up = 2
    /// From whichever of left, above, above-left is nearest to left + above − above-left.
    case paeth = 4

    /// Each row with the number of its filter in front.
    ///
    /// - Parameters:
    ///   - filters: of several every row takes the one that leaves the smallest residue, the standard's own heuristic.
    ///   - channels: bytes of a pixel.
    static func filtered(_ pixels: [UInt8], rows: Int, channels: Int, by filters: [PixelFilter]) -> [UInt8] {
        let width = pixels.count / max(rows, 1)
        let zeros = [UInt8](repeating: 0, count: width)
        var trial = zeros
        return [UInt8](unsafeUninitializedCapacity: (width + 1) * rows) { output, count in
            pixels.withUnsafeBufferPointer { pixels in
                zeros.withUnsafeBufferPointer { zeros in
                    trial.withUnsafeMutableBufferPointer { trial in
                        for y in 0..<rows {
                            let row = UnsafeBufferPointer(rebasing: pixels[y * width..<(y + 1) * width])
                            let above =
                                y > 0 ? UnsafeBufferPointer(rebasing: pixels[(y - 1) * width..<y * width]) : zeros
                            let place = UnsafeMutableBufferPointer(rebasing: output[count..<count + width + 1])
                            let line = UnsafeMutableBufferPointer(rebasing: place[1...])
                            var least = Int.max
                            for filter in filters {
                                let residue = filter.apply(row, above, channels, to: trial)
                                guard residue < least else { continue }
                                least = residue
                                place[0] = filter.rawValue
                                _ = line.update(fromContentsOf: trial)
                            }
                            count += width + 1
                        }
                    }
                }
            }
        }
    }

    /// - Returns: the sum of the differences without their signs.
    private func apply(
        _ row: UnsafeBufferPointer<UInt8>, _ above: UnsafeBufferPointer<UInt8>, _ channels: Int,
        to output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        let first = min(channels, row.count)
        switch self {
        case .none: for n in row.indices { output[n] = row[n] }
        case .up: for n in row.indices { output[n] = row[n] &- above[n] }
        case .sub:
            for n in 0..<first { output[n] = row[n] }
            for n in first..<row.count { output[n] = row[n] &- row[n - channels] }
        case .paeth:
            // Left of the picture everything is 0, so that above is the nearest.
            for n in 0..<first { output[n] = row[n] &- above[n] }
            for n in first..<row.count {
                let (left, up, corner) = (Int(row[n - channels]), Int(above[n]), Int(above[n - channels]))
                let (toLeft, toUp, toCorner) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
                let nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
                output[n] = row[n] &- UInt8(truncatingIfNeeded: nearest)
            }
        }
        var residue = 0
        for byte in output { residue += abs(Int(Int8(bitPattern: byte))) }
        return residue
    }
}

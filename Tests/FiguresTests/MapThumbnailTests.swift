import Figures
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Small pictures of maps")
struct MapThumbnailTests {
    /// Rises to the left.
    private static func slope(_ mask: Mask) -> [Float] {
        (0..<mask.count).map { Float(-mask.world(at: $0).x / 10) }
    }

    private static func png(_ thumbnail: MapThumbnail) throws -> [UInt8] {
        let start = "data:image/png;base64,"
        #expect(thumbnail.dataURI.hasPrefix(start))
        return Array(try #require(Data(base64Encoded: String(thumbnail.dataURI.dropFirst(start.count)))))
    }

    @Test("a picture is a PNG of the size it says, three slices side by side")
    func picture() throws {
        let thumbnail = try #require(MapThumbnail(values: Self.slope(Head.mask), mask: Head.mask))
        let bytes = try Self.png(thumbnail)
        #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        // Width and height stand behind the name of the first chunk, the highest byte first.
        func number(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect(number(16) == thumbnail.width && number(20) == thumbnail.height)
        #expect(thumbnail.width > 2 * thumbnail.height)
    }

    @Test("left and right are told apart: a map and its mirror image have different pictures")
    func sides() throws {
        let slope = Self.slope(Head.mask)
        let left = try #require(MapThumbnail(values: slope, mask: Head.mask))
        let right = try #require(MapThumbnail(values: slope.map { -$0 }, mask: Head.mask))
        #expect(left.dataURI != right.dataURI)
        // The scale is the map's own.
        #expect(MapThumbnail(values: slope.map { 8 * $0 }, mask: Head.mask)?.dataURI == left.dataURI)
    }

    @Test(
        "values near zero look like nothing: a map with one strong place is white elsewhere, and grey where it has no value"
    )
    func nothing() throws {
        // Far below the strong place, and of either sign; the left half has no value.
        let values = (0..<Head.mask.count).map { position -> Float in
            let place = Head.mask.world(at: position)
            if place.x < -10 { return .nan }
            return place.y > 20 ? 5 : Float(sin(place.y)) * 0.4
        }
        let thumbnail = try #require(MapThumbnail(values: values, mask: Head.mask))
        let bytes = try Self.png(thumbnail)
        // Few colours are told by a table: among them a light grey for nothing, one for no value, and strong reds, but no blue.
        let start =
            try #require(bytes.indices.dropLast(4).first { Array(bytes[$0..<$0 + 4]) == Array("PLTE".utf8) }) + 4
        let count = bytes[start - 8..<start - 4].reduce(0) { $0 << 8 | Int($1) }
        let colours = stride(from: start, to: start + count, by: 3).map { bytes[$0..<$0 + 3].map { Int($0) } }
        #expect(colours.contains([240, 240, 240]))
        #expect(colours.contains([176, 176, 176]))
        #expect(colours.contains { $0[0] > $0[2] + 60 })
        #expect(!colours.contains { $0[2] > $0[0] + 30 })
    }

    @Test("the picture of the roughest map is as small: a report of a hundred maps grows by 600 kB at most")
    func size() throws {
        let grid = try #require(Grid.mni(voxelSize: 2))
        let mask = Mask(grid: grid) { index in
            let p = grid.world(atIndex: index)
            return (p.x * p.x) / 4900 + (p.y + 16) * (p.y + 16) / 8100 + (p.z - 10) * (p.z - 10) / 4225 < 1
        }
        var generator = SeededGenerator(9)
        let noise = (0..<mask.count).map { _ in Float.random(in: -4...4, using: &generator) }
        for values in [noise, Self.slope(mask)] {
            let thumbnail = try #require(MapThumbnail(values: values, mask: mask))
            #expect(thumbnail.dataURI.utf8.count <= 6_000)
        }
    }

    @Test("a map without a value has no picture")
    func empty() {
        #expect(MapThumbnail(values: [Float](repeating: .nan, count: Head.mask.count), mask: Head.mask) == nil)
        #expect(MapThumbnail(values: [Float](repeating: 0, count: Head.mask.count), mask: Head.mask) == nil)
    }
}

/// How the pixels of a picture stand in a PNG file: the smallest way that loses nothing.
enum PixelFormat: Equatable {
    /// Numbers of at most 256 colours, those that are not opaque first.
    case palette([RGBA])
    case grey, greyAndOpacity, colour, colourAndOpacity

    init(_ image: RasterImage) {
        var isGrey = true
        var isOpaque = true
        var colours: Set<UInt32> = []
        image.pixels.withUnsafeBufferPointer { pixels in
            var last: UInt32?
            for at in stride(from: 0, to: pixels.count, by: 4) {
                let colour = Self.packed(pixels, at)
                if colour == last { continue }
                last = colour
                isGrey = isGrey && pixels[at] == pixels[at + 1] && pixels[at] == pixels[at + 2]
                isOpaque = isOpaque && pixels[at + 3] == 255
                if colours.count <= 256 { colours.insert(colour) }
            }
        }
        if colours.count <= 256, !(isGrey && isOpaque) {
            let sorted = colours.map(Self.unpacked).sorted {
                ($0.alpha, $0.red, $0.green, $0.blue) < ($1.alpha, $1.red, $1.green, $1.blue)
            }
            self = .palette(sorted)
        } else if isGrey {
            self = isOpaque ? .grey : .greyAndOpacity
        } else {
            self = isOpaque ? .colour : .colourAndOpacity
        }
    }

    /// The number that the standard has for it.
    var colourType: UInt8 {
        switch self {
        case .grey: 0
        case .colour: 2
        case .palette: 3
        case .greyAndOpacity: 4
        case .colourAndOpacity: 6
        }
    }

    /// Bytes of a pixel.
    var channels: Int {
        switch self {
        case .palette, .grey: 1
        case .greyAndOpacity: 2
        case .colour: 3
        case .colourAndOpacity: 4
        }
    }

    /// Every pixel, rows from the top.
    func bytes(of image: RasterImage) -> [UInt8] {
        let pixels = image.pixels
        switch self {
        case .colourAndOpacity: return pixels
        case .palette(let colours):
            let pairs = colours.enumerated().map { (Self.packed($1), UInt8($0)) }
            let numbers = Dictionary(uniqueKeysWithValues: pairs)
            return pixels.withUnsafeBufferPointer { pixels in
                var last: (colour: UInt32, number: UInt8)?
                return stride(from: 0, to: pixels.count, by: 4).map { at in
                    let colour = Self.packed(pixels, at)
                    if let last, last.colour == colour { return last.number }
                    let number = numbers[colour] ?? 0
                    last = (colour, number)
                    return number
                }
            }
        case .grey: return Self.picked([0], of: pixels)
        case .greyAndOpacity: return Self.picked([0, 3], of: pixels)
        case .colour: return Self.picked([0, 1, 2], of: pixels)
        }
    }

    private static func picked(_ channels: [Int], of pixels: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: pixels.count / 4 * channels.count) { output, count in
            for at in stride(from: 0, to: pixels.count, by: 4) {
                for channel in channels {
                    output[count] = pixels[at + channel]
                    count += 1
                }
            }
        }
    }

    private static func packed(_ pixels: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32 {
        packed(RGBA(pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]))
    }

    private static func packed(_ colour: RGBA) -> UInt32 {
        UInt32(colour.red) << 24 | UInt32(colour.green) << 16 | UInt32(colour.blue) << 8 | UInt32(colour.alpha)
    }

    private static func unpacked(_ colour: UInt32) -> RGBA {
        RGBA(
            UInt8(colour >> 24), UInt8(colour >> 16 & 255), UInt8(colour >> 8 & 255), UInt8(colour & 255))
    }
}

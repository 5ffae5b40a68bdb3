"""Pictures of a text: which file is meant, what is opened, and how what is no picture is shown in both formats."""

import base64
import io
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from pypdf import PdfReader
from report_samples import META, SVG, chapter, code, figure, markdown, png, shown

from labreport.page.document import Fragment, PlainPicture
from labreport.page.html.render import render_html
from labreport.page.outputs.html import read_html
from labreport.page.pandoc import plain_text
from labreport.page.pdf.render import TEXT_WIDTH, printed_width, render_pdf
from labreport.page.pictures.addresses import NoPicture, file_of
from labreport.page.pictures.description import description
from labreport.page.pictures.picture import Picture, from_file, from_notebook, from_output
from labreport.page.pictures.svg import read_svg
from labreport.page.prose import read_fragments
from labreport.page.reading import read_chapters

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
SHAPE = '<rect width="50" height="30" fill="blue"/>'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with pictures, beside one that it must not show."""
    folder = tmp_path / "project"
    (folder / "notebooks" / "more").mkdir(parents=True)
    for path in ("secret.png", "project/top.png", "project/notebooks/a.png", "project/notebooks/more/my plot 圖.png"):
        (tmp_path / path).write_bytes(base64.b64decode(png()))
    (folder / "notebooks" / "C#.png").write_bytes(b"")
    (folder / "notebooks" / "cafe\u0301.png").write_bytes(b"")
    (folder / "notebooks" / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "notebooks" / "up").symlink_to(tmp_path)
    (folder / "notebooks" / "down").symlink_to(folder / "notebooks" / "more")
    (folder / "notebooks" / "loop.png").symlink_to("loop.png")
    return folder


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("a.png?raw=true", "a.png"),
        ("./a.png#center", "a.png"),
        ("../top.png", "../top.png"),
        ("more/my%20plot%20%E5%9C%96.png", "more/my plot 圖.png"),
        ("more/my plot 圖.png?x=1#y", "more/my plot 圖.png"),
        ("more\\my plot 圖.png", "more/my plot 圖.png"),
        ("C#.png", "C#.png"),
        ("caf\u00e9.png", "cafe\u0301.png"),
        ("down/../a.png", "a.png"),
        ("none.png?raw=true", "none.png"),
    ],
)
def test_an_address_finds_its_file(project, address, name):
    folder = project / "notebooks"
    assert file_of(address, folder, project).resolve() == (folder / name).resolve()


@pytest.mark.parametrize(
    "address",
    [
        *("{}/secret.png", "file://{}/secret.png", "file:a.png", "../../secret.png", "..%2F..%2Fsecret.png"),
        *("link.png", "up/secret.png", "loop.png", "down/../../../secret.png", "%2Fetc%2Fx.png", "C:\\a.png"),
        *("//host/a.png", "\\\\host\\a.png", "https://example.org/a.png", "a.png%00", "javascript:alert(1)"),
    ],
)
def test_what_is_no_file_of_the_project_is_refused(project, address):
    with pytest.raises(NoPicture, match=r"it must be a file below the folder 'project'|nothing is fetched"):
        file_of(address.format(project.parent), project / "notebooks", project)


def test_a_strangers_notebook_shows_what_lies_below_its_own_folder(project, caplog):
    """The secret is named in Markdown, in HTML and by an output; its bytes are in neither format."""
    (project.parent / "secret.png").write_bytes(base64.b64decode(png(61, 41)))
    html = "<p><img src='../../secret.png' alt='no'></p><table><tr><td><img src='{}' alt='no'></td></tr></table>"
    made = chapter(
        markdown("# T\n\n![no](../../secret.png) ![no](../top.png) ![yes](a.png)\n\n<img src='link.png' alt='no'>"),
        code("x", shown({"text/html": html.format(project.parent / "secret.png")})),
        path=project / "notebooks",
    )
    page = render_html([made], META)
    assert len(re.findall(r'src="data:', page)) == 1 and page.count("[image not available: ") == 5
    sizes = [image.image.size for image in PdfReader(io.BytesIO(render_pdf([made], META))).pages[0].images]
    assert sizes == [(60, 40)]
    assert caplog.text.count("image left out") == 10 and "01_basic_training, cell 2: image left out: " in caplog.text


@pytest.mark.parametrize("name", ["a" * 300 + ".png", "none.png", "folder", "broken.png", "empty.png", "page.svg"])
def test_what_is_no_picture_is_a_sentence(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.png").write_bytes(base64.b64decode(png())[:-12])
    (tmp_path / "empty.png").touch()
    (tmp_path / "page.svg").write_text("<html><p>not found</p></html>")
    with pytest.raises(NoPicture, match=r"there is no such file|it is damaged, too large, or no picture"):
        from_file(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        *[(f"a.{kind}", {}, "png") for kind in ("bmp", "tiff", "avif", "ppm")],
        ("a.jpg", {"mode": "CMYK"}, "png"),
        ("a.tiff", {"mode": "I;16"}, "png"),
        ("a.webp", {}, "webp"),
    ],
)
def test_any_bitmap_is_one_that_both_formats_show(tmp_path, name, options, kind):
    picture = Image.linear_gradient("L").resize((60, 40)).convert(options.get("mode", "RGB"))
    picture.save(tmp_path / name)
    [(found, data)] = from_file(tmp_path / name).formats.items()
    assert found == kind and Image.open(io.BytesIO(data)).size[0] == 60
    assert len(Image.open(io.BytesIO(data)).convert("L").getcolors()) > 20  # not white or black alone


def test_a_photo_is_measured_as_it_is_held(tmp_path):
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (400, 100)).save(tmp_path / "a.jpg", exif=turned)
    assert from_file(tmp_path / "a.jpg").width_that_fits(300, 600) == 150


@pytest.mark.parametrize(
    ("asked", "width"),
    [
        ({"width": 300}, "300px"),
        ({"width": "120px"}, "120px"),
        ({"height": 20}, "40px"),
        ({"width": 0}, ""),
        ({"width": "1e9"}, ""),
        (7, ""),
        ({}, ""),
    ],
)
def test_an_output_is_as_wide_as_it_asks(asked, width):
    picture = io.BytesIO()
    Image.new("RGB", (80, 40)).save(picture, "png")
    data = {"image/png": base64.b64encode(picture.getvalue()).decode()}
    found = from_output(data, {"image/png": asked})
    assert found.width == width
    assert printed_width(found, found.width) == {"300px": "225pt", "120px": "90pt", "40px": "30pt", "": "57.6pt"}[width]
    assert printed_width(found, "9000px") == f"{TEXT_WIDTH:g}pt"


@pytest.mark.parametrize(
    "address", ["data:image/png;base64,{}", "data:;charset=utf-8;BASE64,{}", "attachment:my%20a.png"]
)
def test_the_notebook_holds_pictures_itself(address):
    attachments = {"my a.png": {"image/png": png()}}
    assert from_notebook(address.format(png().rstrip("=")), attachments).formats.keys() == {"png"}
    drawing = from_notebook(f"data:image/svg+xml;utf8,{SVG.replace('#', '%23')}", {})
    assert drawing.formats == {"svg": SVG.encode()}


@pytest.mark.parametrize(
    "opening",
    [
        *("<svg {}>", '<svg {} width="80">', '<svg {} width="100%" height="100%">', '<svg {} viewBox="0 0 0 0">'),
        *('<svg {} width="0" height="-5" viewBox="0 0 50 30">', '<svg {} width="1e999" viewBox="0 0 50 30">'),
        '<svg width="80" height="40">',
    ],
)
def test_a_drawing_has_a_size(opening):
    data = read_svg(f"{opening.format(XMLNS)}{SHAPE}</svg>".encode())
    width, height = Picture({"svg": data}).width_that_fits(1e6, 100), 100
    assert 0 < width < 1000 and height
    assert b"http://www.w3.org/2000/svg" in data


@pytest.mark.parametrize(
    "address", ["/etc/x.png", "../x.png", "x.png", "file:///etc/x.png", "https://example.org/x.png"]
)
def test_a_drawing_takes_nothing_from_elsewhere(address):
    drawing = f'<svg {XMLNS} width="80" height="80">{SHAPE}<image width="9" height="9" href="{address}"/></svg>'
    assert address.encode() not in read_svg(drawing.encode())


@pytest.mark.parametrize(
    "source",
    [
        f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg {XMLNS}><text>&a;</text></svg>',
        f"<svg {XMLNS}></svg>",
        f"<svg {XMLNS}>{SHAPE}",
        f'<svg {XMLNS} width="9" height="9">{"<g>" * 3000}{"</g>" * 3000}</svg>',
    ],
)
def test_what_only_looks_like_a_drawing_is_none(source):
    assert read_svg(source.encode()) is None


def test_a_missing_picture_has_its_number_in_both_formats(tmp_path):
    """It was counted in the HTML alone, and every later reference was another one in the PDF."""
    text = "# T\n\n![Gone](gone.png){#fig-gone}\n\nSee @fig-gone and @fig-there."
    made = chapter(markdown(text), code("x", figure("There.", label="there")), path=tmp_path)
    soup = BeautifulSoup(render_html([made], META), "html.parser")
    captions = [" ".join(caption.text.split()) for caption in soup.select("figcaption")]
    assert captions == ["Figure 1 Gone", "Figure 2 There."]
    assert [a.text.replace("\xa0", " ") for a in soup.select("main p a")] == ["Figure 1", "Figure 2"]
    text = " ".join(PdfReader(io.BytesIO(render_pdf([made], META))).pages[0].extract_text().split())
    for words in ("[image not available: gone.png", "Figure 1 Gone", "Figure 2 There.", "See Figure 1 and Figure 2."):
        assert words in text


@pytest.mark.parametrize(
    ("text", "address", "told"),
    [
        *[(text, "attachment:image.png", "") for text in ("image.png", "", " image ", "alt text", "image-2", "png")],
        ("my plot.png", "img/my%20plot.png", ""),
        ("IMG_0001.JPG", "other.png", ""),
        ("Screenshot 2026-11-26 at 10.05.22", "a.png", ""),
        ("<Figure size 640x480 with 1 Axes>", "", ""),
        ("<PIL.Image.Image image mode=RGB size=60x40>", "", ""),
        ("The image of a cat", "cat.png", "The image of a cat"),
        ("loss", "loss.png", "loss"),
        ("Weights  as in model.png", "a.png", "Weights as in model.png"),
        ("圖 1：損失", "a.png", "圖 1：損失"),
    ],
)
def test_the_name_of_a_file_describes_nothing(text, address, told):
    assert description(text, address) == told


def test_a_picture_without_a_description_has_no_number_and_is_told(caplog):
    attached = {"image.png": {"image/png": png()}}
    made = chapter(
        markdown("# T"), markdown("![image.png](attachment:image.png)\n\n![](attachment:image.png 'A net')", **attached)
    )
    soup = BeautifulSoup(render_html([made], META), "html.parser")
    assert not soup.find("figcaption") and "image.png" not in soup.find("main").decode()
    assert [img["alt"] for img in soup.find_all("img")] == ["a picture without a description", "A net"]
    assert [record.getMessage() for record in caplog.records] == [
        "01_basic_training, cell 2: an image has no description: write it as ![what it shows](file)"
    ]
    assert b"image.png" not in render_pdf([made], META)


AROUND = (
    *("{}", "In a line {} of text.", "**bold** {} and $x$", "<p>{}</p>", "<div align=center>\n{}\n</div>", "> a {}"),
    *("- item {}", "| a | b |\n|--|--|\n| {} | x |"),
)
DRAWINGS = (
    f'<svg width="50" height="30">{SHAPE}</svg>',
    f'<svg width="50" height="30">\n\n<g fill="$1">\n\n{SHAPE}</g>\n\n</svg>',
    f'<svg viewBox="0 0 50 30"><svg width="5" height="5"></svg>{SHAPE}</svg>',
    f"<SVG WIDTH=50 HEIGHT=30>{SHAPE}</SVG>",
    f"<svg style='width: 50px; height: 30px'>{SHAPE}<use xlink:href='#a'/></svg>",
    f"<svg>{SHAPE}</svg>",
    f'<svg stroke-width="0" viewBox="0 0 24 24" height="1em" width="1em">{SHAPE}</svg>',
)


def test_a_drawing_in_a_text_is_shown():
    sources = [around.format(drawing) for around in AROUND for drawing in DRAWINGS]
    fragments = [Fragment(source, 0, "here") for source in sources]
    read_fragments(fragments, "not shown")
    found = [re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", str(fragment.tree)) for fragment in fragments]
    shown = [len(one) == 1 and bool(read_svg(base64.b64decode(one[0]))) for one in found]
    assert [source for source, is_shown in zip(sources, shown, strict=True) if not is_shown] == []
    assert not [source for source, one in zip(sources, fragments, strict=True) if "rect" in str(one.tree)]


@pytest.mark.parametrize(
    "source",
    [
        *("`<svg width=5></svg>`", "the `<svg>` tag and its `</svg>`", "```\n<svg width=5>\n\n</svg>\n```"),
        *("<svg style='display: none'><path/></svg>", "<svg width='0'><defs/></svg>", "<svg><use href='#i'/></svg>"),
        "<svg style='position: absolute; width: 0; height: 0'><symbol id='i' viewBox='0 0 9 9'/></svg>",
        "<!-- <svg width=5></svg> -->",
    ],
)
def test_what_is_code_or_not_to_be_seen_is_no_drawing(source):
    fragment = Fragment(source, 0, "here")
    read_fragments([fragment], "not shown")
    assert "data:image" not in str(fragment.tree)
    assert source.startswith(("`", "the")) == ("<svg" in plain_text(fragment.tree) or "CodeBlock" in str(fragment.tree))


def test_drawings_of_an_output_are_shown_whole():
    nested = '<svg width="9" height="9"><svg></svg><rect width="5" height="5"/></svg>'
    html = read_html(f"<script>'<svg></svg>'</script><p>a {nested} b</p>", "not shown")
    assert html.pieces[0].count("<img") == 1 and "rect" not in html.pieces[0] and "b</p>" in html.pieces[0]


@pytest.mark.parametrize(("dots", "width"), [(1, "43.2pt"), (99_999, "43.2pt"), (200, "")])
def test_a_density_that_nobody_means_is_none(dots, width):
    data = io.BytesIO()
    Image.new("L", (60, 40)).save(data, "PNG", dpi=(dots, dots))
    assert printed_width(Picture({"png": data.getvalue()}), "") == width


@pytest.mark.parametrize("kind", ["bmp", "webp", "tiff"])
def test_an_output_may_be_any_bitmap(kind):
    data = io.BytesIO()
    Image.new("RGB", (60, 40)).save(data, kind)
    output = shown({f"image/{kind}": base64.b64encode(data.getvalue()).decode(), "text/plain": "<Image>"})
    (block,) = read_chapters([chapter(code("x", output, tags=("remove-input",)))], META).sections[0].blocks
    assert isinstance(block, PlainPicture)


def test_a_drawing_in_an_address_stays_there():
    drawing = f"data:image/svg+xml;utf8,<svg width='50' height='30'>{SHAPE.replace(chr(34), chr(39))}</svg>"
    fragment = Fragment(f'a <img alt="b" src="{drawing}"> c', 0, "here")
    read_fragments([fragment], "not shown")
    assert drawing in unquote(str(fragment.tree))


def test_html_in_a_drawing_is_its_text_where_it_cannot_be_read(caplog):
    label = '<p xmlns="http://www.w3.org/1999/xhtml">A <b>label</b></p>'
    foreign = f'<foreignObject width="50" height="20">{label}</foreignObject>'
    drawing = f'<svg {XMLNS} width="80" height="40">{foreign}</svg>'
    pdf = render_pdf([chapter(markdown("# T"), code("x", figure(**{"image/svg+xml": drawing})))], META)
    assert "A label" in " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert "foreign" not in caplog.text

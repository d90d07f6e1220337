# latexmk -pdf sets paper.tex, and draws before it each figure that is older than its spec:
# figures/NAME.tex, for every \input{figures/NAME}, comes from ../../specs/NAME.yaml.
$pdf_mode = 1;
@default_files = ('paper.tex');
$pdflatex = 'pdflatex -no-shell-escape -interaction=nonstopmode -halt-on-error %O %S';

my $specs = '../../specs';
my $ncd = $ENV{'NCD'} || (-x '../../.venv/bin/ncd-tikz' ? '../../.venv/bin/ncd-tikz' : 'ncd-tikz');

sub figures_of_the_paper {
    open(my $paper, '<', 'paper.tex') or die "paper.tex: $!\n";
    local $/;
    my %names = map { $_ => 1 } (<$paper> =~ /\\input\{figures\/(\w+)\}/g);
    return sort keys %names;
}

sub draw_stale_figures {
    my @stale = grep { !-e "figures/$_.tex" || -M "figures/$_.tex" > -M "$specs/$_.yaml" } figures_of_the_paper();
    return unless @stale;
    system($ncd, 'draw', (map { "$specs/$_.yaml" } @stale), '-o', 'figures') == 0
        or die "latexmk: $ncd could not draw: @stale\n";
    # A figure whose content did not change keeps its date; it is fresh all the same.
    utime(undef, undef, map { "figures/$_.tex" } @stale);
}

draw_stale_figures() unless grep { /^-{1,2}[cC]$/ } @ARGV;
